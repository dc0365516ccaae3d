import { hash } from "node:crypto";
import type { CatalogEntry } from "../../protocol/catalog.ts";
import type { KeyValueStore } from "../key-value/port.ts";
import type { CatalogStore, UpsertCounts } from "../port.ts";
import { catalogNames } from "./catalog-names.ts";
import { documentEntries } from "./document-entries.ts";
import { StoredExtraction, extractionKey, partHash } from "./extraction/found-item.ts";
import { StoredContent, type StoredFile, contentKey } from "./stored-document.ts";
import { eachFile } from "./stored-values.ts";

/** What the catalog shows of the stored knowledge, of every source of its namespace. */
export interface ShownKnowledge {
  readonly documents: number;
  readonly chunks: number;
  readonly items: number;
  readonly links: number;
  readonly duplicates: readonly { readonly path: string; readonly of: string }[];
  readonly notes: readonly { readonly path: string; readonly note: string }[];
  readonly catalog: UpsertCounts & { readonly removed: number };
}

/** Hears how far an ingestion is: files are read, a model is asked when wanted, documents are shown. */
export type ReportProgress = (progress: {
  readonly step: "read" | "ask" | "show";
  readonly done: number;
  readonly total: number;
}) => void;

/**
 * Makes the catalog show exactly what the key-value store holds: entries and edges of every document, and nothing of documents that are
 * gone. Links follow the tables and columns that the catalog knows now.
 */
export async function projectKnowledge(
  keyValue: KeyValueStore,
  catalog: CatalogStore,
  onProgress?: ReportProgress,
): Promise<ShownKnowledge> {
  const { documents, duplicates } = await distinctDocuments(keyValue);
  const names = catalogNames(await listAll(catalog, ["table", "column"]));
  const before = await listAll(catalog, SHOWN_TYPES);
  const claimed = new Set(before.filter((entry) => !isOurs(entry)).map(({ id }) => id));
  const shown = new Set<string>();
  const totals = { chunks: 0, items: 0, links: 0, written: 0, unchanged: 0, edges: 0 };
  const notes: { readonly path: string; readonly note: string }[] = [];
  for (const [index, file] of documents.entries()) {
    const key = contentKey(file.content);
    const stored = (await keyValue.get([key])).get(key);
    if (stored === undefined) continue;
    const content = StoredContent.parse(JSON.parse(stored));
    const found = await foundIn(keyValue, content);
    const made = documentEntries({ file, content, found, names, claimed, id: documentHash(file) });
    for (const { id } of made.entries) shown.add(id);
    const from = made.entries.map(({ id }) => id);
    const counts = await catalog.upsert({ ...made, replaceEdges: { from, origins: ["inferred", "authored"] } });
    totals.written += counts.written;
    totals.unchanged += counts.unchanged;
    totals.edges += counts.edges;
    totals.chunks += content.chunks.length;
    totals.items += made.entries.length - content.chunks.length - 1;
    totals.links += made.edges.length;
    const problems = found.flatMap((extraction) => extraction?.problem ?? []);
    for (const note of [...content.notes, ...problems, ...made.notes]) notes.push({ path: file.path, note });
    onProgress?.({ step: "show", done: index + 1, total: documents.length });
  }
  const stale = before.filter((entry) => isOurs(entry) && !shown.has(entry.id)).map(({ id }) => id);
  const removed = stale.length === 0 ? 0 : await catalog.remove(stale);
  const { written, unchanged, edges, ...counted } = totals;
  return {
    duplicates,
    notes,
    documents: documents.length,
    ...counted,
    catalog: { written, unchanged, edges, removed },
  };
}

/** What models found in each chunk. */
async function foundIn(
  keyValue: KeyValueStore,
  { chunks }: StoredContent,
): Promise<readonly (StoredExtraction | undefined)[]> {
  const keys = chunks.map((chunk) => extractionKey(partHash(chunk)));
  const stored = await keyValue.get(keys);
  return keys.map((key) => {
    const value = stored.get(key);
    return value === undefined ? undefined : StoredExtraction.parse(JSON.parse(value));
  });
}

const SHOWN_TYPES: readonly CatalogEntry["itemType"][] = ["document", "chunk", "knowledge", "metric"];

/** Entries of these types that somebody else wrote are left alone. */
function isOurs({ metadata }: CatalogEntry): boolean {
  return metadata["origin"] === "knowledge";
}

interface DistinctDocuments {
  readonly documents: readonly StoredFile[];
  readonly duplicates: readonly { readonly path: string; readonly of: string }[];
}

/** The first path of each content, in the order of sources and paths; the others are duplicates of it. */
async function distinctDocuments(keyValue: KeyValueStore): Promise<DistinctDocuments> {
  const first = new Map<string, StoredFile>();
  const duplicates: { readonly path: string; readonly of: string }[] = [];
  for await (const file of eachFile(keyValue)) {
    const earlier = first.get(file.content);
    if (earlier === undefined) first.set(file.content, file);
    else duplicates.push({ path: `${file.source}/${file.path}`, of: `${earlier.source}/${earlier.path}` });
  }
  return { documents: [...first.values()], duplicates };
}

/** Stays the same while the file keeps its place, whatever it holds. */
function documentHash({ source, path }: StoredFile): string {
  return hash("sha256", `${source}\0${path}`, "hex").slice(0, 16);
}

async function listAll(
  catalog: CatalogStore,
  itemTypes: readonly CatalogEntry["itemType"][],
): Promise<readonly CatalogEntry[]> {
  const all: CatalogEntry[] = [];
  let page = await catalog.list({ itemTypes, limit: 500 });
  all.push(...page.entries);
  while (page.next !== null) {
    page = await catalog.list({ itemTypes, limit: 500, after: page.next });
    all.push(...page.entries);
  }
  return all;
}
