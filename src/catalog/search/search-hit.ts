import * as z from "zod";
import { ItemType } from "../../protocol/catalog.ts";
import type { IndexView } from "./index-view.ts";
import type { QueryWord } from "./query-words.ts";
import type { RankedDocument } from "./rank-documents.ts";
import { fieldName, type WordPlaces } from "./word-places.ts";
import type { Words } from "./words.ts";

/** One thing that a search found. */
export interface CatalogHit {
  readonly id: string;
  readonly itemType: ItemType;
  readonly name: string;
  readonly qualifiedName: string;
  readonly score: number;
  /** Where which words of the query were found; empty for a table that only joins with what was. */
  readonly why: readonly FieldMatch[];
  /** The columns of a table that fit best; all of them in their order when they are few. */
  readonly columns: readonly HitColumn[];
  readonly columnCount: number;
  /** A piece of the description or text, around the first word that was found. */
  readonly snippet: string;
}

/** Words of the query that stand in a field: `database`, `name`, `columns`, `table`, `description`, `text` or `values`. */
export interface FieldMatch {
  readonly field: string;
  readonly words: readonly string[];
}

/** A column as a search shows it. */
export interface HitColumn {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
}

/** What a result is shown from. */
export interface HitSource {
  readonly view: IndexView;
  readonly words: Words;
  readonly asked: readonly QueryWord[];
  readonly places: WordPlaces;
}

/** Shows a document that was found, or null when it has gone. */
export function readHit(
  source: HitSource,
  { ordinal, score }: RankedDocument,
): (CatalogHit & { readonly parent: string }) | null {
  const row = source.view.connection
    .statement(
      "select id, item_type, parent, name, qualified_name, body from documents where generation = ? and ordinal = ?",
    )
    .get(source.view.head.generation, ordinal);
  if (row === undefined) return null;
  const document = DocumentRow.parse(row);
  const body = Body.parse(JSON.parse(document.body));
  return {
    id: document.id,
    itemType: document.item_type,
    name: document.name,
    qualifiedName: document.qualified_name,
    score: Math.round(score * 1000) / 1000,
    why: [...(source.places.get(ordinal) ?? [])]
      .sort(([a], [b]) => a - b)
      .map(([field, words]) => ({ field: fieldName(document.item_type, field), words })),
    columns: bestColumns(body.columns, source.view.named(ordinal)?.names.slice(1) ?? [], source.asked),
    columnCount: body.columns.length,
    snippet: snippet(body.text, source),
    parent: document.parent,
  };
}

const DocumentRow = z.strictObject({
  id: z.string(),
  item_type: ItemType,
  parent: z.string(),
  name: z.string(),
  qualified_name: z.string(),
  body: z.string(),
});
const Body = z.strictObject({
  text: z.string(),
  columns: z.array(z.tuple([z.string(), z.string(), z.string()])),
});

const BEST_COLUMNS = 12;
const SNIPPET_CHARS = 200;

type StoredColumn = readonly [name: string, type: string, description: string];

function bestColumns(
  columns: readonly StoredColumn[],
  stems: readonly (readonly string[])[],
  asked: readonly QueryWord[],
): readonly HitColumn[] {
  const shares = new Map(asked.map(({ stem, share }) => [stem, share]));
  const fit = (index: number): number =>
    (stems[index] ?? []).reduce((sum, stem) => sum + (shares.get(stem) ?? 0), 0) / ((stems[index]?.length ?? 0) + 1);
  const order = columns.map((column, index) => ({ column, index, score: fit(index) }));
  if (columns.length > BEST_COLUMNS) order.sort((a, b) => b.score - a.score || a.index - b.index);
  return order.slice(0, BEST_COLUMNS).map(({ column: [name, type, description] }) => ({
    name,
    type,
    ...(description === "" ? {} : { description }),
  }));
}

function snippet(text: string, { asked, words }: HitSource): string {
  const stems = new Set(asked.map(({ stem }) => stem));
  const first = Array.from(text.matchAll(/[\p{L}\p{N}_]+/gu)).find(([word]) =>
    words.ofName(word).some((stem) => stems.has(stem)),
  );
  const at = first?.index ?? 0;
  const from = at < SNIPPET_CHARS / 2 ? 0 : at - SNIPPET_CHARS / 4;
  const piece = text.slice(from, from + SNIPPET_CHARS).toWellFormed();
  return `${from > 0 ? "…" : ""}${piece}${from + SNIPPET_CHARS < text.length ? "…" : ""}`;
}
