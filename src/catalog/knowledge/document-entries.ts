import { basename, extname } from "node:path";
import type { CatalogEdge, CatalogEntry } from "../../protocol/catalog.ts";
import { type CatalogNames, type NamedEntry } from "./catalog-names.ts";
import { frontMatterLinks, textList } from "./front-matter-links.ts";
import { EXACT, type TextLink, linkText } from "./link-text.ts";
import type { StoredContent, StoredFile, StoredItem } from "./stored-document.ts";

/** A stored document on its way into the catalog. */
export interface DocumentToShow {
  readonly file: StoredFile;
  readonly content: StoredContent;
  readonly names: CatalogNames;
  /** Metrics that are somebody else's already; those of this document are added. */
  readonly claimed: Set<string>;
  readonly id: string;
}

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
  const items = itemIds(document).map(([itemId, item]) => showItem(document, itemId, item));
  const from = `document:${id}`;
  const edges = [
    ...authored.ids.map((to) => edge(from, { to, type: "documents", origin: "authored", confidence: 1 })),
    ...said.map((link) => edge(from, { ...link, type: "mentions", origin: "inferred" })),
    ...items.map(({ entry }) => edge(from, { to: entry.id, type: "defines", origin: "authored", confidence: 1 })),
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

function pathOf({ source, path }: StoredFile): string {
  return `${source}/${path}`;
}

function provenance(file: StoredFile): {
  readonly origin: "knowledge";
  readonly path: string;
  readonly status: "active";
} {
  return { origin: "knowledge", path: pathOf(file), status: "active" };
}

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

/** A metric has an id of its own, which the first document that defines it gets; other items belong to their document. */
function itemIds({ content, claimed, id }: DocumentToShow): readonly (readonly [string, StoredItem])[] {
  const taken = new Set<string>();
  return content.items.map((item) => {
    const slug = slugOf(item.name);
    const metricId = `metric:${slug}`;
    if (item.kind === "metric" && !claimed.has(metricId)) {
      claimed.add(metricId);
      return [metricId, item];
    }
    let itemId = `knowledge:${id}#${slug}`;
    for (let count = 2; taken.has(itemId); count++) itemId = `knowledge:${id}#${slug}-${count}`;
    taken.add(itemId);
    return [itemId, item];
  });
}

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .slice(0, 80);
  return slug.replace(/^-|-$/g, "") || "item";
}

interface ShownItem {
  readonly entry: CatalogEntry;
  readonly edges: readonly CatalogEdge[];
}

function showItem({ file, id, names }: DocumentToShow, itemId: string, item: StoredItem): ShownItem {
  const links = itemLinks(item, names);
  const definedIds = definedBy(item, names).map((entry) => entry.id);
  const isMetric = itemId.startsWith("metric:");
  const itemType = isMetric ? "metric" : "knowledge";
  const entry: CatalogEntry = {
    id: itemId,
    itemType,
    name: item.name,
    qualified_name: `${pathOf(file)}#${item.name}`,
    content: [item.definition, item.sql ?? ""].filter((part) => part !== "").join("\n\n") || item.name,
    tags: [item.kind],
    related: [],
    metadata: {
      ...provenance(file),
      kind: item.kind,
      definition: item.definition,
      document: `document:${id}`,
      extractedBy: item.by,
      confidence: item.by === "model" ? BY_MODEL : 1,
      appliesTo: links.filter(({ confidence }) => confidence >= EXACT).map(({ to }) => to),
      ...(item.sql === undefined ? {} : { [isMetric ? "expression" : "sql"]: item.sql }),
      ...(item.unit === undefined ? {} : { unit: item.unit }),
    },
  };
  const edges = [
    ...definedIds.map((to) => edge(itemId, { to, type: "defines", origin: "inferred", confidence: EXACT })),
    ...links
      .filter(({ to }) => !definedIds.includes(to))
      .map((link) => edge(itemId, { ...link, type: isMetric ? "measures" : "mentions", origin: "inferred" })),
  ];
  return { entry, edges };
}

/** What a model found is a proposal. */
const BY_MODEL = 0.5;

function itemLinks({ name, definition, sql }: StoredItem, names: CatalogNames): readonly TextLink[] {
  const fromText = linkText(`${name}\n${definition}`, names);
  const best = new Map(fromText.map((link) => [link.to, link]));
  for (const link of sql === undefined ? [] : linkText(sql, names, "sql")) {
    if ((best.get(link.to)?.confidence ?? 0) < link.confidence) best.set(link.to, link);
  }
  return [...best.values()];
}

/** An item that bears exactly the name of a table or column says what that is. */
function definedBy({ name, kind }: StoredItem, { tables, columns, qualified }: CatalogNames): readonly NamedEntry[] {
  if (kind === "example_query" || kind === "rule" || kind === "policy") return [];
  const key = name.toLowerCase();
  const found = qualified.get(key) ?? tables.get(key) ?? columns.get(key) ?? [];
  return found.length === 1 ? found : [];
}

type EdgeWish = Pick<CatalogEdge, "to" | "type" | "origin" | "confidence"> & Partial<Pick<CatalogEdge, "evidence">>;

function edge(from: string, { to, type, origin, confidence, evidence = {} }: EdgeWish): CatalogEdge {
  return { from, to, type, origin, confidence, evidence, columns: [], cardinality: "unknown" };
}
