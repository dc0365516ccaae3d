import type { CatalogEdge, CatalogEntry, RelatedItem } from "../protocol/catalog.ts";
import type { WholeCatalog } from "./read-whole-catalog.ts";

/** A catalog in a form that can be carried elsewhere: as the entries of an inline catalog. */
export interface ExportedCatalog {
  readonly kind: "inline";
  readonly entries: readonly CatalogEntry[];
}

/** Turns entries and edges into portable entries: every edge stands in `related` of the entry it starts at. */
export function exportCatalog({ entries, edges }: WholeCatalog): ExportedCatalog {
  const known = new Set(entries.map(({ id }) => id));
  const byStart = new Map<string, CatalogEdge[]>();
  for (const edge of edges) {
    if (!known.has(edge.from)) continue;
    const list = byStart.get(edge.from);
    if (list === undefined) byStart.set(edge.from, [edge]);
    else list.push(edge);
  }
  return {
    kind: "inline",
    entries: entries.map((entry) => {
      const own = byStart.get(entry.id) ?? [];
      return own.length === 0 ? entry : { ...entry, related: relatedOf(entry, own) };
    }),
  };
}

/** What the entry said of the other end is said by the edge now, in full. */
function relatedOf({ related }: CatalogEntry, edges: readonly CatalogEdge[]): readonly RelatedItem[] {
  const told = new Set(edges.map(({ to }) => to));
  const rest = related.filter((item) => !told.has(typeof item === "string" ? item : item.id));
  return [...rest, ...edges.map(relatedItem)];
}

function relatedItem({ to, type, origin, confidence, evidence, columns, cardinality }: CatalogEdge): RelatedItem {
  return { id: to, type, origin, confidence, evidence, columns, cardinality };
}
