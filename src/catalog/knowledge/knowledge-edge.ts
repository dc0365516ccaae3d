import type { CatalogEdge } from "../../protocol/catalog.ts";

/** What one edge of a document or an item says. */
export type EdgeWish = Pick<CatalogEdge, "to" | "type" | "origin" | "confidence"> &
  Partial<Pick<CatalogEdge, "evidence">>;

/** An edge as knowledge writes it: without columns, which only references of tables have. */
export function knowledgeEdge(from: string, { to, type, origin, confidence, evidence = {} }: EdgeWish): CatalogEdge {
  return { from, to, type, origin, confidence, evidence, columns: [], cardinality: "unknown" };
}
