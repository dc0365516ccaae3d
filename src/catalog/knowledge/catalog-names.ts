import type { CatalogEntry } from "../../protocol/catalog.ts";

/** A table or column that text can name. */
export interface NamedEntry {
  readonly id: string;
  readonly name: string;
  /** Of a column: the id of its table. */
  readonly tableId: string | undefined;
}

/** The names of a catalog's tables and columns, to be found in text. */
export interface CatalogNames {
  /** By lower-case name, as it stands in SQL. */
  readonly tables: ReadonlyMap<string, readonly NamedEntry[]>;
  readonly columns: ReadonlyMap<string, readonly NamedEntry[]>;
  /** By `schema.table`, `table.column` and longer. */
  readonly qualified: ReadonlyMap<string, readonly NamedEntry[]>;
  /** Tables by their name as words, singular: `order item` for `order_items`. */
  readonly phrases: ReadonlyMap<string, readonly NamedEntry[]>;
  /** Everything by its id. */
  readonly ids: ReadonlySet<string>;
}

/** Indexes table and column entries by the forms in which text names them. */
export function catalogNames(entries: readonly CatalogEntry[]): CatalogNames {
  const [tables, columns, qualified, phrases] = [namesMap(), namesMap(), namesMap(), namesMap()];
  const ids = new Set<string>();
  const tableIds = tableIdsByName(entries);
  for (const entry of entries) {
    ids.add(entry.id);
    if (entry.itemType !== "table" && entry.itemType !== "column") continue;
    const tableId = entry.itemType === "column" ? tableOf(entry, tableIds) : undefined;
    const named = { id: entry.id, name: entry.name, tableId };
    add(entry.itemType === "table" ? tables : columns, entry.name.toLowerCase(), named);
    for (const form of qualifiedForms(entry)) add(qualified, form, named);
    const phrase = phraseOf(entry.name);
    if (entry.itemType === "table" && phrase !== "") add(phrases, phrase, named);
  }
  return { tables, columns, qualified, phrases, ids };
}

/** A name as lower-case words, each in the singular: `OrderItems` and `order_items` are `order item`. */
function phraseOf(name: string): string {
  const words = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").split(/[^\p{L}\p{N}]+/u);
  return words
    .filter((word) => word !== "")
    .map((word) => singular(word.toLowerCase()))
    .join(" ");
}

/** Good enough to compare two words of which one is the plural of the other. */
export function singular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:ches|shes|xes|sses)$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

type NamesMap = Map<string, NamedEntry[]>;

function namesMap(): NamesMap {
  return new Map();
}

function add(map: NamesMap, key: string, entry: NamedEntry): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else if (!list.some(({ id }) => id === entry.id)) list.push(entry);
}

/** The last two and the last three parts of the qualified name, in the way people shorten it. */
function qualifiedForms({ qualified_name }: CatalogEntry): readonly string[] {
  const parts = qualified_name.toLowerCase().split(".");
  return [2, 3, 4].filter((count) => parts.length >= count).map((count) => parts.slice(-count).join("."));
}

function tableIdsByName(entries: readonly CatalogEntry[]): ReadonlyMap<string, string> {
  const tables = entries.filter(({ itemType }) => itemType === "table");
  return new Map(tables.map((entry) => [entry.qualified_name.toLowerCase(), entry.id]));
}

function tableOf({ qualified_name }: CatalogEntry, tableIds: ReadonlyMap<string, string>): string | undefined {
  const name = qualified_name.toLowerCase();
  return tableIds.get(name.slice(0, Math.max(0, name.lastIndexOf("."))));
}
