import * as z from "zod";
import { Json, JsonObject } from "./json.ts";

/** What the catalog knows of the data: entries and the edges between them, as files, stores and agents exchange them. */

/** What an entry is. Tables and columns describe the target database, the rest what people say about it. */
export const ItemType = z.enum(["database", "schema", "table", "column", "document", "chunk", "knowledge", "metric"]);
export type ItemType = z.infer<typeof ItemType>;

/** An edge as an inline entry may carry it: the other end's id, or the id with what is known of the edge. */
export const RelatedItem = z.union([
  z.string().min(1),
  z.looseObject({ id: z.string().min(1), type: z.string().min(1).optional() }),
]);
export type RelatedItem = z.infer<typeof RelatedItem>;

/** One thing the catalog knows, in the form that files and agents see. Its scope is a storage key and no part of it. */
export const CatalogEntry = z.strictObject({
  id: z.string().min(1).max(1_000),
  itemType: ItemType,
  name: z.string().min(1),
  qualified_name: z.string().min(1),
  content: z.string().default(""),
  tags: z.array(z.string()).readonly().default([]),
  related: z.array(RelatedItem).readonly().default([]),
  metadata: JsonObject.default({}),
});
export type CatalogEntry = z.infer<typeof CatalogEntry>;

/** Where an edge comes from; an inferred one is never shown as declared. */
export const EdgeOrigin = z.enum(["declared", "inferred", "observed", "authored"]);
export type EdgeOrigin = z.infer<typeof EdgeOrigin>;

/** A directed relation between two entries. (from, to, type, columns) names it. */
export const CatalogEdge = z.strictObject({
  from: z.string().min(1),
  to: z.string().min(1),
  /** `references`, `inferred_reference`, `derived_from`, `joins_with`, `documents`, `defines`, `mentions`, `measures`, … */
  type: z.string().min(1),
  origin: EdgeOrigin,
  confidence: z.number().min(0).max(1),
  evidence: z.record(z.string(), Json).default({}),
  /** Pairs of column names that join the two. */
  columns: z
    .array(z.tuple([z.string(), z.string()]))
    .readonly()
    .default([]),
  cardinality: z.enum(["1:1", "1:n", "n:1", "n:m", "unknown"]).default("unknown"),
});
export type CatalogEdge = z.infer<typeof CatalogEdge>;

/** Who owns an entry. Two scopes in one file or schema never see each other. */
export interface CatalogScope {
  readonly tenantId: string;
  readonly workspaceId: string;
}
