import type { CatalogEdge, CatalogEntry } from "../../protocol/catalog.ts";
import { GRAPH_CONTENT_CHARS, GRAPH_TABLE_COLUMNS } from "../../protocol/limits/catalog.ts";
import type { GraphColumn, GraphEdge, GraphEntry, GraphKind, GraphSelection } from "./graph-document.ts";

/** A whole catalog, and how much of it a graph may show. */
export interface GraphWish {
  readonly title: string;
  readonly entries: readonly CatalogEntry[];
  readonly edges: readonly CatalogEdge[];
  readonly includeColumns: boolean;
  readonly maxNodes: number;
}

/**
 * Chooses what a graph shows: every entry but chunks, and columns only when asked for; over the limit, tables before columns and what has
 * more relations first. What is left out is counted. Relations of a column that is not shown are its table's.
 */
export function selectGraph({ title, entries, edges, includeColumns, maxNodes }: GraphWish): GraphSelection {
  const parents = parentIds(entries);
  const drawable = entries.filter(({ itemType }) => itemType !== "chunk" && (includeColumns || itemType !== "column"));
  const ids = new Set(drawable.map(({ id }) => id));
  const all = liftedEdges(edges, ids, parents);
  const shown = mostRelated(drawable, all).slice(0, maxNodes);
  const shownIds = new Set(shown.map(({ id }) => id));
  const columns = columnsByTable(entries, parents);
  return {
    schemaVersion: 1,
    title,
    includesColumns: includeColumns,
    totals: {
      nodes: drawable.length,
      columns: entries.filter(({ itemType }) => itemType === "column").length,
      edges: all.length,
    },
    truncated: shown.length < drawable.length,
    nodes: shown.map((entry) => graphEntry(entry, { parents, shownIds, columns: columns.get(entry.id) ?? [] })),
    edges: all.filter(({ from, to }) => shownIds.has(from) && shownIds.has(to)),
  };
}

const OWNERS: ReadonlyMap<CatalogEntry["itemType"], CatalogEntry["itemType"]> = new Map([
  ["schema", "database"],
  ["table", "schema"],
  ["column", "table"],
]);

/** What each entry belongs to, by its id where that shows it, else by its qualified name. */
function parentIds(entries: readonly CatalogEntry[]): ReadonlyMap<string, string> {
  const ids = new Set(entries.map(({ id }) => id));
  const byName = new Map(entries.map((entry) => [`${entry.itemType} ${entry.qualified_name}`, entry.id]));
  const parents = new Map<string, string>();
  for (const { id, itemType, qualified_name, metadata } of entries) {
    const owner = OWNERS.get(itemType);
    const document = metadata["document"];
    const candidates =
      owner === undefined
        ? [typeof document === "string" && itemType === "knowledge" ? document : ""]
        : [
            `${owner}:${withoutLast(id.slice(id.indexOf(":") + 1))}`,
            byName.get(`${owner} ${withoutLast(qualified_name)}`) ?? "",
          ];
    const parent = candidates.find((candidate) => ids.has(candidate) && candidate !== id);
    if (parent !== undefined) parents.set(id, parent);
  }
  return parents;
}

function withoutLast(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

function liftedEdges(
  edges: readonly CatalogEdge[],
  ids: ReadonlySet<string>,
  parents: ReadonlyMap<string, string>,
): readonly GraphEdge[] {
  const lift = (id: string): string => (ids.has(id) ? id : (parents.get(id) ?? id));
  const distinct = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const [from, to] = [lift(edge.from), lift(edge.to)];
    if (from === to || !ids.has(from) || !ids.has(to)) continue;
    const { type, origin, confidence } = edge;
    const columns = edge.columns.map(([a, b]) => `${a} = ${b}`);
    const key = JSON.stringify([from, to, type, origin, columns]);
    if ((distinct.get(key)?.confidence ?? -1) < confidence)
      distinct.set(key, { from, to, type, origin, confidence, columns });
  }
  return [...distinct.values()];
}

const RANKS: readonly (readonly CatalogEntry["itemType"][])[] = [
  ["database", "schema"],
  ["table", "metric"],
  ["document"],
  ["knowledge"],
  ["column"],
];

function mostRelated(entries: readonly CatalogEntry[], edges: readonly GraphEdge[]): readonly CatalogEntry[] {
  const degrees = new Map<string, number>();
  for (const { from, to } of edges) for (const id of [from, to]) degrees.set(id, (degrees.get(id) ?? 0) + 1);
  const rank = ({ itemType }: CatalogEntry): number => RANKS.findIndex((types) => types.includes(itemType));
  return entries.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      (degrees.get(b.id) ?? 0) - (degrees.get(a.id) ?? 0) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

function columnsByTable(
  entries: readonly CatalogEntry[],
  parents: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly CatalogEntry[]> {
  const tables = new Map<string, CatalogEntry[]>();
  for (const entry of entries) {
    const table = entry.itemType === "column" ? parents.get(entry.id) : undefined;
    if (table === undefined) continue;
    const list = tables.get(table);
    if (list === undefined) tables.set(table, [entry]);
    else list.push(entry);
  }
  return tables;
}

interface EntryContext {
  readonly parents: ReadonlyMap<string, string>;
  readonly shownIds: ReadonlySet<string>;
  readonly columns: readonly CatalogEntry[];
}

function graphEntry(entry: CatalogEntry, { parents, shownIds, columns }: EntryContext): GraphEntry {
  const parent = parents.get(entry.id);
  const ordered = columns.toSorted((a, b) => Number(a.metadata["ordinal"] ?? 0) - Number(b.metadata["ordinal"] ?? 0));
  return {
    id: entry.id,
    kind: kindOf(entry),
    name: entry.name,
    qualifiedName: entry.qualified_name,
    content: entry.content.slice(0, GRAPH_CONTENT_CHARS),
    tags: entry.tags,
    parent: parent !== undefined && shownIds.has(parent) ? parent : null,
    facts: factsOf(entry),
    columns: ordered.slice(0, GRAPH_TABLE_COLUMNS).map(graphColumn),
    columnCount: columns.length,
  };
}

function kindOf({ itemType, metadata }: CatalogEntry): GraphKind {
  if (itemType === "chunk") return "document";
  const relation = metadata["relationType"];
  return itemType === "table" && typeof relation === "string" && relation.includes("view") ? "view" : itemType;
}

function graphColumn({ name, metadata }: CatalogEntry): GraphColumn {
  const { dataType, keyRole } = metadata;
  const key = typeof keyRole === "string" && keyRole !== "none" ? keyRole : "";
  return { name, type: typeof dataType === "string" ? dataType : "", key };
}

/** Plain values only: statistics and samples stay in the catalog. */
function factsOf({ metadata }: CatalogEntry): readonly (readonly [string, string])[] {
  return Object.entries(metadata).flatMap(([name, value]): (readonly [string, string])[] => {
    if (HIDDEN_FACTS.has(name) || value === null || value === "") return [];
    if (typeof value === "object" && !isPlainList(value)) return [];
    return [[name, (isPlainList(value) ? value.join(", ") : String(value)).slice(0, 300)]];
  });
}

const HIDDEN_FACTS = new Set([
  "contentHash",
  "document",
  "headings",
  "definition",
  "sampleValues",
  "title",
  "appliesTo",
]);

function isPlainList(value: unknown): value is readonly (string | number)[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => ["string", "number"].includes(typeof item));
}
