import { KNOWLEDGE_ITEMS } from "../../protocol/limits/knowledge.ts";
import type { Block } from "./block.ts";
import type { KnowledgeItem, KnowledgeKind } from "./knowledge-item.ts";
import { tableItems } from "./table-items.ts";

/**
 * Terms, metrics, rules and example queries that the structure of a document marks as such: definition lists and tables, headings
 * like "Metric: Days of cover", lists under "Rules", fenced SQL. Nothing is guessed from prose.
 */
export function extractItems(blocks: readonly Block[]): readonly KnowledgeItem[] {
  const items: KnowledgeItem[] = [];
  let heading = "";
  for (const [index, block] of blocks.entries()) {
    if (block.kind === "heading") heading = block.text;
    items.push(...itemsOf(block, { heading, following: blocks.slice(index + 1, index + 1 + SECTION_BLOCKS) }));
    if (items.length >= KNOWLEDGE_ITEMS) break;
  }
  return distinct(items).slice(0, KNOWLEDGE_ITEMS);
}

interface Place {
  readonly heading: string;
  readonly following: readonly Block[];
}

/** Blocks after a heading that can belong to its item. */
const SECTION_BLOCKS = 20;

function itemsOf(block: Block, place: Place): readonly KnowledgeItem[] {
  switch (block.kind) {
    case "heading":
      return fromHeading(block.text, place.following);
    case "definition":
      return [{ kind: termKind(place.heading), name: plain(block.term), definition: block.text }];
    case "item":
      return fromListItem(block.text, place.heading);
    case "table":
      return tableItems(block, termKind(place.heading));
    case "code":
      return fromCode(block, place.heading);
    case "paragraph":
      return fromParagraph(block.text, place.heading);
  }
}

const HEADING =
  /^(metric|kpi|measure|term|definition|rule|policy|example query|example|query)\s{0,3}[:–—-]\s{0,3}(\S.{0,199})$/i;
const HEADING_KINDS: ReadonlyMap<string, KnowledgeKind> = new Map([
  ["metric", "metric"],
  ["kpi", "metric"],
  ["measure", "metric"],
  ["term", "term"],
  ["definition", "term"],
  ["rule", "rule"],
  ["policy", "policy"],
  ["example query", "example_query"],
  ["example", "example_query"],
  ["query", "example_query"],
]);

/** The section below says what it is; the first fenced SQL in it is how it is computed. */
function fromHeading(text: string, following: readonly Block[]): readonly KnowledgeItem[] {
  const [, word = "", name = ""] = HEADING.exec(text) ?? [];
  const kind = HEADING_KINDS.get(word.toLowerCase());
  if (kind === undefined) return [];
  const end = following.findIndex((block) => block.kind === "heading");
  const section = end < 0 ? following : following.slice(0, end);
  const sql = section.find(isSql);
  if (kind === "example_query" && sql === undefined) return [];
  const said = section.flatMap((block) => (block.kind === "paragraph" || block.kind === "item" ? [block.text] : []));
  if (said.length === 0 && sql === undefined) return [];
  const definition = said.join("\n").slice(0, DEFINITION_CHARS);
  return [{ kind, name: plain(name), definition, ...(sql === undefined ? {} : { sql: sql.text }) }];
}

const DEFINITION_CHARS = 4_000;

function isSql(block: Block): block is Block & { readonly kind: "code" } {
  return block.kind === "code" && (block.language === "sql" || /^\s*(?:select|with)\s/i.test(block.text));
}

/** A query under a heading that names an item belongs to that item. */
function fromCode(block: Block & { readonly kind: "code" }, heading: string): readonly KnowledgeItem[] {
  if (!isSql(block) || HEADING.test(heading)) return [];
  const comment = /^\s*--\s*(\S.*)/.exec(block.text)?.[1];
  const name = plain(comment ?? heading);
  return name === "" ? [] : [{ kind: "example_query", name, definition: comment ?? "", sql: block.text }];
}

const BOLD_TERM = /^\*\*([^*\n]{1,120})\*\*\s{0,3}(?::|[–—-]|\()?\s{0,3}/;
const PLAIN_TERM = /^([^:\n]{1,80}?)\s{0,3}(?::\s|\s[–—-]\s)\s{0,3}/;

function fromListItem(text: string, heading: string): readonly KnowledgeItem[] {
  const rule = ruleKind(heading);
  if (rule !== undefined) return [{ kind: rule, name: firstWords(text), definition: text }];
  const isGlossary = GLOSSARY.test(heading) || METRICS.test(heading);
  const match = BOLD_TERM.exec(text) ?? (isGlossary ? PLAIN_TERM.exec(text) : null);
  const definition = match === null ? "" : text.slice(match[0].length).trim();
  if (match === null || definition === "") return [];
  return [{ kind: termKind(heading), name: plain(match[1] ?? "").replace(/:$/, ""), definition }];
}

/** In a glossary every line is an entry, with or without a list's marks. */
function fromParagraph(text: string, heading: string): readonly KnowledgeItem[] {
  if (!GLOSSARY.test(heading)) return [];
  return text.split("\n").flatMap((line) => fromListItem(line.trim(), heading));
}

const GLOSSARY = /\b(?:glossary|terms?|terminology|definitions?|vocabulary|abbreviations?|acronyms?)\b/i;
const METRICS = /\b(?:metrics?|kpis?|measures?|indicators?)\b/i;

function termKind(heading: string): KnowledgeKind {
  return METRICS.test(heading) ? "metric" : "term";
}

function ruleKind(heading: string): KnowledgeKind | undefined {
  if (/\bpolic(?:y|ies)\b/i.test(heading)) return "policy";
  return /\b(?:rules?|constraints?|guidelines?|conventions?)\b/i.test(heading) ? "rule" : undefined;
}

function firstWords(text: string): string {
  const words = plain(text).split(/\s+/).slice(0, 10).join(" ");
  return words.replace(/[.,;:]$/, "").slice(0, 120);
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text.replace(/[*`]|(?<!\w)_|_(?!\w)/g, "").trim();
}

function distinct(items: readonly KnowledgeItem[]): readonly KnowledgeItem[] {
  const seen = new Set<string>();
  return items.filter(({ kind, name }) => {
    const key = `${kind} ${name.toLowerCase()}`;
    if (name === "" || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
