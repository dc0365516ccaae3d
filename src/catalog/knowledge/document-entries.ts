import { basename, extname } from "node:path";
import type { CatalogEdge, CatalogEntry } from "../../protocol/catalog.ts";
import type { DocumentToShow } from "./document-to-show.ts";
import { frontMatterLinks, textList } from "./front-matter-links.ts";
import { pathOf, provenance } from "./file-provenance.ts";
import { itemEntries } from "./item-entries.ts";
import { knowledgeEdge } from "./knowledge-edge.ts";
import { linkText } from "./link-text.ts";

/** What the catalog holds of one document. */
export interface DocumentEntries {
  readonly entries: readonly CatalogEntry[];
  readonly edges: readonly CatalogEdge[];
  readonly notes: readonly string[];
}

/** A document as entries: itself, its chunks and its items, with edges to what they name. */
export function documentEntries(document: DocumentToShow): DocumentEntries {
  const { content, names, id } = document;
  const text = content.chunks.map((chunk) => [...chunk.headings, chunk.text].join("\n")).join("\n\n");
  const authored = frontMatterLinks(content.frontMatter, names);
  const said = linkText(text, names).filter(({ to }) => !authored.ids.includes(to));
  const items = itemEntries(document);
  const from = `document:${id}`;
  const edges = [
    ...authored.ids.map((to) => knowledgeEdge(from, { to, type: "documents", origin: "authored", confidence: 1 })),
    ...said.map((link) => knowledgeEdge(from, { ...link, type: "mentions", origin: "inferred" })),
    ...items.flatMap((item) => item.edges),
  ];
  const entries = [showDocument(document, text), ...showChunks(document), ...items.map(({ entry }) => entry)];
  const notes = authored.unknown.map((name) => `front matter names ${name}, which the catalog does not know`);
  return { entries, edges, notes };
}

/** What people call the document: its own title, else its file's name as words. */
function titleOf({ file, content }: DocumentToShow): string {
  const name = basename(file.path, extname(file.path)).replace(/[_-]+/g, " ").trim();
  return content.title !== "" ? content.title : name !== "" ? name : file.path;
}

function showDocument(document: DocumentToShow, text: string): CatalogEntry {
  const { file, content, id } = document;
  const { description, version } = content.frontMatter;
  const said = typeof description === "string" && description.trim() !== "" ? description.trim() : text;
  return {
    id: `document:${id}`,
    itemType: "document",
    name: titleOf(document),
    qualified_name: pathOf(file),
    content: said.slice(0, SUMMARY_CHARS),
    tags: textList(content.frontMatter["tags"]),
    related: [],
    metadata: {
      ...provenance(file),
      mime: content.mediaType,
      title: titleOf(document),
      bytes: content.bytes,
      contentHash: file.content,
      chunks: content.chunks.length,
      ...(typeof version === "string" || typeof version === "number" ? { version } : {}),
    },
  };
}

const SUMMARY_CHARS = 1_000;

function showChunks(document: DocumentToShow): readonly CatalogEntry[] {
  const { file, content, id } = document;
  return content.chunks.map(({ headings, offset, text }, index) => ({
    id: `chunk:${id}#${index}`,
    itemType: "chunk",
    name: [titleOf(document), headings.at(-1) ?? `part ${index + 1}`].join(" › "),
    qualified_name: `${pathOf(file)}#${index}`,
    content: text,
    tags: [],
    related: [],
    metadata: { ...provenance(file), document: `document:${id}`, headings, offset, length: text.length },
  }));
}
