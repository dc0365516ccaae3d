import * as z from "zod";
import { withoutUndefined } from "../lib/without-undefined.ts";
import { CatalogEdge, type CatalogEntry, type RelatedItem } from "../protocol/catalog.ts";

/**
 * The edges that an entry carries in its `related`. A bare id says only that the two belong together, so its type is what
 * relates such entries as a rule, and a table's `metadata.foreignKeys` adds the columns where it names the same table.
 */
export function relatedEdges(entry: CatalogEntry): readonly CatalogEdge[] {
  return entry.related.flatMap((item) =>
    typeof item === "string" ? bareEdges(entry, item) : [carriedEdge(entry, item)],
  );
}

function bareEdges(entry: CatalogEntry, id: string): readonly CatalogEdge[] {
  const type = defaultType(entry, id);
  // The parent of a column or a chunk is on the other side of its edge.
  const ends = type === "contains" ? { from: id, to: entry.id } : { from: entry.id, to: id };
  return foreignKeys(entry, id).map((columns) =>
    CatalogEdge.parse({ ...ends, type, origin: "authored", confidence: 1, columns }),
  );
}

function carriedEdge(entry: CatalogEntry, item: Exclude<RelatedItem, string>): CatalogEdge {
  const given = withoutUndefined(CarriedEdge.parse(item));
  const ends = { from: entry.id, to: item.id, type: defaultType(entry, item.id) };
  return CatalogEdge.parse({ origin: "authored", confidence: 1, ...ends, ...given });
}

/** What a carried edge may say of itself; anything that does not fit is left out, as the entry keeps it anyway. */
const CarriedEdge = z.object({
  type: CatalogEdge.shape.type.optional().catch(undefined),
  origin: CatalogEdge.shape.origin.optional().catch(undefined),
  confidence: CatalogEdge.shape.confidence.optional().catch(undefined),
  evidence: CatalogEdge.shape.evidence.optional().catch(undefined),
  columns: CatalogEdge.shape.columns.optional().catch(undefined),
  cardinality: CatalogEdge.shape.cardinality.optional().catch(undefined),
});

function defaultType(entry: CatalogEntry, to: string): string {
  const target = to.slice(0, Math.max(0, to.indexOf(":")));
  if (PARENTS[entry.itemType] === target) return "contains";
  return TYPES[entry.itemType] ?? "related";
}

const PARENTS: Readonly<Partial<Record<CatalogEntry["itemType"], string>>> = {
  schema: "database",
  table: "schema",
  column: "table",
  chunk: "document",
};

const TYPES: Readonly<Partial<Record<CatalogEntry["itemType"], string>>> = {
  table: "references",
  column: "references",
  document: "documents",
  chunk: "mentions",
  knowledge: "defines",
  metric: "measures",
};

const ForeignKeys = z.array(z.looseObject({ column: z.string(), refTable: z.string(), refColumn: z.string() }));

/** The joins to a table: pairs that name a target column twice are joins of their own, otherwise they are one. */
function foreignKeys(entry: CatalogEntry, to: string): readonly CatalogEdge["columns"][] {
  const keys = ForeignKeys.safeParse(entry.metadata["foreignKeys"]).data ?? [];
  const pairs = keys.filter((key) => key.refTable === to).map((key): [string, string] => [key.column, key.refColumn]);
  const isOneJoin = new Set(pairs.map(([, target]) => target)).size === pairs.length;
  return isOneJoin ? [pairs] : pairs.map((pair) => [pair]);
}
