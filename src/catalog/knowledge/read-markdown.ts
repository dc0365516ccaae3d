import type { Block } from "./block.ts";

/** The structure of a Markdown text: what knowledge needs of it, not what a page would. */
export function readMarkdown(text: string): readonly Block[] {
  const lines = withoutComments(text).split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const step = BLOCK_READERS.map((read) => read(lines, at)).find((found) => found !== undefined);
    if (step !== undefined) {
      blocks.push(...step.blocks);
      at = step.next;
    } else at++;
  }
  return blocks;
}

interface Step {
  readonly blocks: readonly Block[];
  readonly next: number;
}

type BlockReader = (lines: readonly string[], at: number) => Step | undefined;

const BLOCK_READERS: readonly BlockReader[] = [
  readFence,
  readHeading,
  readTable,
  readItem,
  readDefinition,
  readParagraph,
];

function readFence(lines: readonly string[], at: number): Step | undefined {
  const [, fence = "", info = ""] = /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(lineAt(lines, at)) ?? [];
  if (fence === "") return undefined;
  let end = at + 1;
  while (end < lines.length && !isFenceEnd(lineAt(lines, end), fence)) end++;
  const text = lines.slice(at + 1, end).join("\n");
  const language = info.trim().split(/\s/)[0]?.toLowerCase() ?? "";
  return { blocks: [{ kind: "code", language, text }], next: end + 1 };
}

function isFenceEnd(line: string, fence: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= fence.length && trimmed === (fence[0] ?? "").repeat(trimmed.length);
}

function readHeading(lines: readonly string[], at: number): Step | undefined {
  const line = lineAt(lines, at);
  const [, marks = "", title = ""] = /^ {0,3}(#{1,6})(?:\s+(.*))?$/.exec(line) ?? [];
  if (marks !== "") {
    const text = title.replace(/\s#+\s*$/, "").trim();
    return { blocks: text === "" ? [] : [{ kind: "heading", level: marks.length, text }], next: at + 1 };
  }
  const underline = lineAt(lines, at + 1);
  if (line.trim() === "" || !/^ {0,3}(?:={2,}|-{2,})\s*$/.test(underline) || isItem(line)) return undefined;
  return {
    blocks: [{ kind: "heading", level: underline.includes("=") ? 1 : 2, text: line.trim() }],
    next: at + 2,
  };
}

function readTable(lines: readonly string[], at: number): Step | undefined {
  if (!lineAt(lines, at).includes("|") || !isTableRule(lineAt(lines, at + 1))) return undefined;
  let end = at + 2;
  while (end < lines.length && lineAt(lines, end).includes("|")) end++;
  const rows = lines.slice(at + 2, end).map(tableCells);
  return { blocks: [{ kind: "table", header: tableCells(lineAt(lines, at)), rows }], next: end };
}

function isTableRule(line: string): boolean {
  return line.includes("-") && line.includes("|") && /^[\s|:-]+$/.test(line);
}

function tableCells(line: string): readonly string[] {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.replaceAll("\\|", "|").trim());
}

function readItem(lines: readonly string[], at: number): Step | undefined {
  if (!isItem(lineAt(lines, at))) return undefined;
  const first = lineAt(lines, at).replace(/^\s*(?:[-*+]|\d{1,9}[.)])\s+/, "");
  const rest: string[] = [];
  let end = at + 1;
  while (end < lines.length && isContinuation(lineAt(lines, end))) rest.push(lineAt(lines, end++).trim());
  return { blocks: [{ kind: "item", text: [first.trim(), ...rest].join(" ") }], next: end };
}

function isItem(line: string): boolean {
  return /^\s*(?:[-*+]|\d{1,9}[.)])\s+\S/.test(line);
}

function isContinuation(line: string): boolean {
  return line.trim() !== "" && !isItem(line) && !isBlockStart(line);
}

/** `Term` followed by lines of `: definition`. */
function readDefinition(lines: readonly string[], at: number): Step | undefined {
  const term = lineAt(lines, at).trim();
  if (term === "" || !/^\s{0,3}:\s+\S/.test(lineAt(lines, at + 1))) return undefined;
  const texts: string[] = [];
  let end = at + 1;
  while (end < lines.length && /^\s{0,3}:\s+\S/.test(lineAt(lines, end)))
    texts.push(lineAt(lines, end++).trim().slice(1).trim());
  return { blocks: [{ kind: "definition", term, text: texts.join(" ") }], next: end };
}

function readParagraph(lines: readonly string[], at: number): Step | undefined {
  if (lineAt(lines, at).trim() === "" || /^\s*(?:[-*_]\s*){3,}$/.test(lineAt(lines, at).slice(0, 200)))
    return undefined;
  let end = at + 1;
  while (end < lines.length && isContinuation(lineAt(lines, end))) {
    if (isTableRule(lineAt(lines, end + 1)) && lineAt(lines, end).includes("|")) break;
    end++;
  }
  const text = lines
    .slice(at, end)
    .map((line) => line.trim().replace(/^>\s?/, ""))
    .join("\n");
  return { blocks: text.trim() === "" ? [] : [{ kind: "paragraph", text: text.trim() }], next: end };
}

function isBlockStart(line: string): boolean {
  return /^ {0,3}(?:#{1,6}\s|`{3}|~{3})/.test(line);
}

function lineAt(lines: readonly string[], at: number): string {
  return lines[at] ?? "";
}

/** Comments are not for readers; one that is never closed is text. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf("<!--", at);
    const end = start < 0 ? -1 : text.indexOf("-->", start + 4);
    if (end < 0) return [...parts, text.slice(at)].join("");
    parts.push(text.slice(at, start));
    at = end + 3;
  }
}
