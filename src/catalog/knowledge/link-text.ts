import type { Json } from "../../protocol/json.ts";
import { KNOWLEDGE_LINKS } from "../../protocol/limits/knowledge.ts";
import { type CatalogNames, type NamedEntry, singular } from "./catalog-names.ts";

/** Something that a text names, how sure that is, and by which words. */
export interface TextLink {
  readonly to: string;
  readonly confidence: number;
  readonly evidence: { readonly [key: string]: Json };
}

/** Confidence of a link by how the text names its end. */
export const EXACT = 0.8;
const WORD = 0.5;
const PHRASE = 0.4;

/**
 * The tables and columns that a text names. A name as SQL has it counts as exact; a table's name as ordinary words, or a name that
 * several columns share, as a guess. Columns called `id` or `name` are only believed in code or behind their table.
 */
export function linkText(text: string, names: CatalogNames, form: "prose" | "sql" = "prose"): readonly TextLink[] {
  const found = new Map<string, TextLink>();
  const keep = (entries: readonly NamedEntry[], confidence: number, evidence: TextLink["evidence"]): void => {
    const shared = entries.length > SHARED_BY ? [] : entries;
    const sure = entries.length > 1 ? Math.min(confidence, WORD) : confidence;
    for (const { id } of shared) {
      if ((found.get(id)?.confidence ?? 0) < sure) found.set(id, { to: id, confidence: sure, evidence });
    }
  };
  const tokens = [...text.matchAll(TOKEN)];
  for (const token of tokens) linkTable(token, { text, names, keep, form });
  for (const token of tokens) linkColumn(token, { text, names, keep, form, tables: found });
  if (form === "prose") linkPhrases(text, names, keep);
  const links = [...found.values()].sort((a, b) => b.confidence - a.confidence || (a.to < b.to ? -1 : 1));
  return links.slice(0, KNOWLEDGE_LINKS);
}

/** A name that more entries share says nothing about any of them. */
const SHARED_BY = 5;
/** Identifiers with their qualification; bounded, so that hostile text costs linear time. */
const TOKEN = /[\p{L}_][\p{L}\p{N}_$]{0,127}(?:\.[\p{L}_][\p{L}\p{N}_$]{0,127}){0,3}/gu;

interface TextPlace {
  readonly text: string;
  readonly names: CatalogNames;
  /** In SQL every word is a name. */
  readonly form: "prose" | "sql";
  readonly keep: (entries: readonly NamedEntry[], confidence: number, evidence: TextLink["evidence"]) => void;
}

function linkTable(token: RegExpMatchArray, { text, names, form, keep }: TextPlace): void {
  const [word] = token;
  const name = word.toLowerCase();
  const qualified = name.includes(".") ? names.qualified.get(name) : undefined;
  if (qualified !== undefined) keep(qualified, EXACT, { match: "exact", text: word });
  const tables = names.tables.get(name);
  if (tables === undefined) return;
  const isSaid = form === "sql" || isIdentifier(word) || isMarked(text, token) || !COMMON_WORDS.has(name);
  keep(tables, isSaid ? EXACT : WORD, { match: isSaid ? "exact" : "word", text: word });
}

/** A column that several tables have is the one of the table that the same text names. */
function linkColumn(
  token: RegExpMatchArray,
  place: TextPlace & { readonly tables: ReadonlyMap<string, TextLink> },
): void {
  const [word] = token;
  const columns = place.names.columns.get(word.toLowerCase());
  const isSaid = place.form === "sql" || isIdentifier(word) || isMarked(place.text, token);
  if (columns === undefined || !isSaid) return;
  const ofNamedTable = columns.filter(({ tableId }) => (place.tables.get(tableId ?? "")?.confidence ?? 0) >= EXACT);
  place.keep(ofNamedTable.length > 0 ? ofNamedTable : columns, EXACT, { match: "exact", text: word });
}

function linkPhrases(text: string, { phrases }: CatalogNames, keep: TextPlace["keep"]): void {
  const words = [...text.matchAll(/[\p{L}\p{N}]{1,64}/gu)].map(([word]) => word);
  const forms = words.map((word) => singular(word.toLowerCase()));
  for (let at = 0; at < forms.length; at++) {
    for (const length of [1, 2, 3, 4]) {
      const phrase = forms.slice(at, at + length).join(" ");
      if (length === 1 && (phrase.length < 4 || COMMON_WORDS.has(phrase))) continue;
      const said = words.slice(at, at + length).join(" ");
      keep(phrases.get(phrase) ?? [], length === 1 ? PHRASE : WORD, { match: "words", text: said });
    }
  }
}

/** No ordinary word looks like this. */
function isIdentifier(word: string): boolean {
  return /[_\d$]|[a-z][A-Z]/.test(word);
}

/** Whether the word stands in code marks or quotes, or beside "table", "view" or "column". */
function isMarked(text: string, token: RegExpMatchArray): boolean {
  const start = token.index ?? 0;
  const end = start + token[0].length;
  const [before, after] = [text.slice(Math.max(0, start - 12), start), text.slice(end, end + 10)];
  if (/[`"']$/.test(before) && /^[`"']/.test(after)) return true;
  return (
    /\b(?:table|view|column|field)\s[`"']?$/i.test(before) || /^[`"']?\s(?:table|view|column|field)\b/i.test(after)
  );
}

/** Names of tables that are words of every text. */
const COMMON_WORDS = new Set(
  (
    "data date time day week month year name names type types value values order group user users table tables list item items event events " +
    "status state test tests log logs note notes file files key keys index view views set sets part parts case cases number total all"
  ).split(" "),
);
