import type { CatalogEntry, ItemType } from "../../protocol/catalog.ts";
import { FIELD_COUNT, LEFT_OVER_FACTOR, PREFERRED_FACTOR } from "./ranking.ts";
import type { Words } from "./words.ts";

/** One thing to be found: a table with all its columns, a column by itself, or a text. */
export interface SearchDocument {
  readonly id: string;
  readonly itemType: ItemType;
  readonly name: string;
  readonly qualifiedName: string;
  /** The database that lifts its tables; empty for what belongs to none. */
  readonly database: string;
  /** What this is a part of: a column's table, a chunk's document; or empty. */
  readonly parent: string;
  /** Stems by field, see ranking.ts. */
  readonly fields: readonly (readonly string[])[];
  /** The name, then each column's, as sorted stems joined by spaces. */
  readonly names: readonly string[];
  /** Multiplies its score. */
  readonly factor: number;
  readonly body: DocumentBody;
}

/** What a result shows of a document. */
export interface DocumentBody {
  readonly text: string;
  /** Name, type and description, each shortened. */
  readonly columns: readonly (readonly [name: string, type: string, description: string])[];
}

/** A table with its columns as one document, so that a question finds it by what it is and by what it holds. */
export function tableDocument(table: CatalogEntry, columns: readonly CatalogEntry[], words: Words): SearchDocument {
  const names = [table.name, ...columns.map(({ name }) => name)];
  const prose = [table.content, ...table.tags, ...columns.map(({ content }) => content)];
  return {
    ...common(table),
    parent: "",
    fields: fields(
      words.ofName(databaseOf(table)),
      words.ofName(table.name),
      columns.flatMap(({ name }) => words.ofName(name)),
      prose.flatMap((text) => words.ofProse(text)),
      columns.flatMap((column) => valuesOf(column).flatMap((value) => words.ofName(value))),
    ),
    names: names.map((name) => nameKey(name, words)),
    body: {
      text: shortened(table.content, TEXT_CHARS),
      columns: columns.map((column) => [
        column.name,
        textOf(column.metadata["dataType"]),
        shortened(column.content, NOTE_CHARS),
      ]),
    },
    factor: factorOf(table),
  };
}

/** A column by itself, for those who look for columns. */
export function columnDocument(column: CatalogEntry, parent: string, words: Words): SearchDocument {
  const table = textOf(column.metadata["tableName"]);
  return {
    ...common(column),
    parent,
    fields: fields(
      words.ofName(databaseOf(column)),
      words.ofName(column.name),
      words.ofName(table),
      words.ofProse([column.content, ...column.tags].join(" ")),
      valuesOf(column).flatMap((value) => words.ofName(value)),
    ),
    names: [nameKey(column.name, words)],
    body: { text: shortened(column.content, TEXT_CHARS), columns: [] },
    factor: 1,
  };
}

/** Anything that is read rather than queried: its text counts like a table's columns. */
export function textDocument(entry: CatalogEntry, parent: string, words: Words): SearchDocument {
  const text = [...entry.tags, entry.content, textOf(entry.metadata["definition"])].join(" ");
  return {
    ...common(entry),
    parent,
    fields: fields(words.ofName(databaseOf(entry)), words.ofName(entry.name), words.ofProse(text), [], []),
    names: [nameKey(entry.name, words)],
    body: { text: shortened(entry.content, TEXT_CHARS), columns: [] },
    factor: 1,
  };
}

/** The stems of a name in an order of their own, so that `OrderItems` and `items_of_order` can be compared. */
export function nameKey(name: string, words: Words): string {
  return [...new Set(words.ofName(name))].sort().join(" ");
}

const TEXT_CHARS = 4_000;
const NOTE_CHARS = 160;
const VALUE_CHARS = 100;

function common(entry: CatalogEntry): Pick<SearchDocument, "id" | "itemType" | "name" | "qualifiedName" | "database"> {
  return {
    id: entry.id,
    itemType: entry.itemType,
    name: entry.name,
    qualifiedName: entry.qualified_name,
    database: databaseOf(entry),
  };
}

function fields(...lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return Array.from({ length: FIELD_COUNT }, (_, index) => lists[index] ?? []);
}

function databaseOf(entry: CatalogEntry): string {
  return textOf(entry.metadata["databaseId"]);
}

function valuesOf(column: CatalogEntry): readonly string[] {
  const values = column.metadata["sampleValues"];
  return Array.isArray(values) ? values.map((value) => textOf(value).slice(0, VALUE_CHARS)) : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function shortened(text: string, chars: number): string {
  return text.length <= chars ? text : text.slice(0, chars).toWellFormed();
}

/** Surfaces people prefer come first; what looks like a copy or a leftover, or is gone, comes last. */
function factorOf(table: CatalogEntry): number {
  if (table.metadata["status"] === "missing") return LEFT_OVER_FACTOR;
  if (table.metadata["preferredQuerySurface"] === true) return PREFERRED_FACTOR;
  return /(?:^|[_.-])(?:tmp|temp|bak|backup|old|deprecated)(?:[_.-]|$)/i.test(table.name) ? LEFT_OVER_FACTOR : 1;
}
