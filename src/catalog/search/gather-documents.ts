import type { CatalogEdge, CatalogEntry } from "../../protocol/catalog.ts";
import { type SearchDocument, columnDocument, nameKey, tableDocument, textDocument } from "./search-document.ts";
import type { Words } from "./words.ts";

/** Ids that may be what an entry is a part of, the likeliest first. */
export function possibleParents(entry: CatalogEntry): readonly string[] {
  const kind = PARENT_KINDS.get(entry.itemType);
  if (kind === undefined) return [];
  const name = entry.id.slice(entry.id.indexOf(":") + 1);
  const byId =
    entry.itemType === "column"
      ? [`table:${name.slice(0, Math.max(0, name.lastIndexOf(".")))}`]
      : [`document:${name.split("#")[0] ?? ""}`, name.split("#")[0] ?? ""];
  const related = entry.related
    .filter((item) => typeof item === "string" || item.type === undefined || item.type === "contains")
    .map((item) => (typeof item === "string" ? item : item.id));
  return [...byId, ...related.filter((id) => id.startsWith(`${kind}:`))];
}

const PARENT_KINDS: ReadonlyMap<string, string> = new Map([
  ["column", "table"],
  ["chunk", "document"],
]);

/** Entries to be made into documents: with every column of each table among them. */
export interface Gathered {
  readonly entries: readonly CatalogEntry[];
  /** The parent of each column and chunk that has one. */
  readonly parents: ReadonlyMap<string, string>;
  readonly words: Words;
}

/** The documents of entries, in their order. */
export function* gatherDocuments({ entries, parents, words }: Gathered): Generator<SearchDocument> {
  const columns = Map.groupBy(
    entries.filter(({ itemType }) => itemType === "column"),
    ({ id }) => parents.get(id) ?? "",
  );
  for (const entry of entries) {
    const parent = parents.get(entry.id) ?? "";
    if (entry.itemType === "table") yield tableDocument(entry, inOrder(columns.get(entry.id) ?? []), words);
    else if (entry.itemType === "column") yield columnDocument(entry, parent, words);
    else yield textDocument(entry, parent, words);
  }
}

/** Types of edges between tables that people join along. */
const LINK_TYPES: ReadonlySet<string> = new Set(["references", "inferred_reference", "joins_with", "derived_from"]);

/** The tables that each table's edges lead to. */
export function linksOf(edges: readonly CatalogEdge[]): ReadonlyMap<string, readonly string[]> {
  const links = edges.filter(({ type, from, to }) => LINK_TYPES.has(type) && from !== to);
  return new Map([...Map.groupBy(links, ({ from }) => from)].map(([from, own]) => [from, own.map(({ to }) => to)]));
}

/** A column `customer_id` of a table guesses at the table `customers` of the same database. */
export function guessedKeys(columnNames: readonly string[], words: Words): readonly string[] {
  return columnNames.flatMap((name) => {
    const key = nameKey(name, words).split(" ");
    const rest = key.filter((stem) => !KEY_STEMS.has(stem));
    return rest.length > 0 && rest.length < key.length ? [rest.join(" ")] : [];
  });
}

const KEY_STEMS: ReadonlySet<string> = new Set(["id", "kei", "code"]);

/** Columns without a number are in the order of their ids, however they were read. */
function inOrder(columns: readonly CatalogEntry[]): readonly CatalogEntry[] {
  const place = (column: CatalogEntry): number => {
    const ordinal = column.metadata["ordinal"];
    return typeof ordinal === "number" ? ordinal : Number.MAX_SAFE_INTEGER;
  };
  return columns.toSorted((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
}
