import { extname } from "node:path";
import { KNOWLEDGE_TEXT_CHARS } from "../../protocol/limits/knowledge.ts";
import { type Block, type ReadDocument, blockText } from "./block.ts";
import { decodeText } from "./decode-text.ts";
import { splitFrontMatter } from "./front-matter.ts";
import { readCsv } from "./read-csv.ts";
import { readHtml } from "./read-html.ts";
import { readMarkdown } from "./read-markdown.ts";
import { readPdf } from "./read-pdf.ts";

/** A file's document, or why it is none. */
export type ReadResult =
  | { readonly kind: "document"; readonly document: ReadDocument }
  | { readonly kind: "skipped"; readonly reason: string };

/** What each extension that can be ingested is. */
export const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ["md", "text/markdown"],
  ["markdown", "text/markdown"],
  ["txt", "text/plain"],
  ["html", "text/html"],
  ["htm", "text/html"],
  ["csv", "text/csv"],
  ["pdf", "application/pdf"],
]);

/** The lower-case extension of a path, without the dot. */
export function extensionOf(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

/** Reads the bytes of a file by its extension. */
export async function readDocument(path: string, bytes: Uint8Array): Promise<ReadResult> {
  const mediaType = MEDIA_TYPES.get(extensionOf(path));
  const read = mediaType === "application/pdf" ? await fromPdf(bytes) : fromText(mediaType, bytes);
  if (typeof read === "string") return { kind: "skipped", reason: read };
  const size = read.blocks.reduce((sum, block) => sum + blockText(block).length, 0);
  if (size === 0) return { kind: "skipped", reason: "it holds no text" };
  if (size > KNOWLEDGE_TEXT_CHARS)
    return { kind: "skipped", reason: `its text has ${size} characters; at most ${KNOWLEDGE_TEXT_CHARS} are read` };
  return { kind: "document", document: { ...read, title: titleOf(read) } };
}

async function fromPdf(bytes: Uint8Array): Promise<ReadDocument | string> {
  const text = await readPdf(bytes);
  if (text.kind === "refused") return text.reason;
  const blocks = text.pages.flatMap((page, index): Block[] => {
    const paragraphs = page.split(/\n\s*\n/).map((part) => part.trim());
    const said = paragraphs.filter((part) => part !== "").map((part): Block => ({ kind: "paragraph", text: part }));
    return said.length === 0 ? [] : [{ kind: "heading", level: 6, text: `Page ${index + 1}` }, ...said];
  });
  return { title: "", blocks, frontMatter: {}, notes: [] };
}

function fromText(mediaType: string | undefined, bytes: Uint8Array): ReadDocument | string {
  const decoded = decodeText(bytes);
  if (decoded.kind === "binary") return decoded.reason;
  const notes = decoded.encoding === "windows-1252" ? ["it is not UTF-8 and was read as Windows-1252"] : [];
  switch (mediaType) {
    case "text/markdown": {
      const split = splitFrontMatter(decoded.text);
      const { frontMatter } = split;
      return { title: "", blocks: readMarkdown(split.body), frontMatter, notes: [...notes, ...split.notes] };
    }
    case "text/html": {
      const page = readHtml(decoded.text);
      return typeof page === "string" ? page : { ...page, frontMatter: {}, notes };
    }
    case "text/csv":
      return { title: "", blocks: csvBlocks(decoded.text), frontMatter: {}, notes };
    default:
      return { title: "", blocks: paragraphs(decoded.text), frontMatter: {}, notes };
  }
}

function csvBlocks(text: string): readonly Block[] {
  const [header, ...rows] = readCsv(text);
  return header === undefined ? [] : [{ kind: "table", header, rows }];
}

function paragraphs(text: string): readonly Block[] {
  const parts = text.split(/\n[^\S\n]*\n/).map((part) => part.trim());
  return parts.filter((part) => part !== "").map((part) => ({ kind: "paragraph", text: part }));
}

/** What the author called it, else the first heading; empty when there is neither. */
function titleOf({ title, blocks, frontMatter }: ReadDocument): string {
  const given = frontMatter["title"];
  if (typeof given === "string" && given.trim() !== "") return given.trim().slice(0, TITLE_CHARS);
  const heading = blocks.find((block) => block.kind === "heading" && block.level < 3);
  return (title !== "" ? title : heading === undefined ? "" : blockText(heading)).slice(0, TITLE_CHARS);
}

const TITLE_CHARS = 300;
