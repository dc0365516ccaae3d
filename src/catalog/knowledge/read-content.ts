import { createHash } from "node:crypto";
import { copyJson } from "../../lib/copy-json.ts";
import { JsonObject } from "../../protocol/json.ts";
import * as z from "zod";
import type { KeyValueStore } from "../key-value/port.ts";
import type { ReadDocument } from "./block.ts";
import { blockText } from "./block.ts";
import { chunkDocument } from "./chunk-document.ts";
import { extractItems } from "./extract-items.ts";
import { MEDIA_TYPES, extensionOf, readDocument } from "./read-document.ts";
import { readFileWithin } from "./read-file.ts";
import { type StoredContent, StoredItem, contentKey } from "./stored-document.ts";

/** Finds items in a document's text, for example by asking a model. Its id names the way, so that another way reads anew. */
export interface KnowledgeExtractor {
  readonly id: string;
  extract(document: { readonly title: string; readonly text: string }): Promise<readonly unknown[]>;
}

/** What a file holds: `value` only when that content was not stored before. */
export type FileContent =
  | { readonly kind: "content"; readonly id: string; readonly value: StoredContent | undefined }
  | { readonly kind: "skipped"; readonly reason: string };

/** Where contents are kept, and what finds items in them besides their structure. */
export interface ContentStores {
  readonly keyValue: KeyValueStore;
  readonly extractor?: KnowledgeExtractor;
}

/** Reads a file and takes it apart, unless the same bytes were taken apart before. */
export async function readContent(
  root: string,
  path: string,
  { keyValue, extractor }: ContentStores,
): Promise<FileContent> {
  const file = await readFileWithin(root, path);
  if (file.kind === "skipped") return file;
  const mediaType = MEDIA_TYPES.get(extensionOf(path)) ?? "text/plain";
  const way = `${READER_VERSION}\0${mediaType}\0${extractor?.id ?? ""}\0`;
  const id = createHash("sha256").update(way).update(file.bytes).digest("hex");
  const key = contentKey(id);
  if ((await keyValue.get([key])).has(key)) return { kind: "content", id, value: undefined };
  const bytes = file.bytes.length;
  const result = await readDocument(path, file.bytes);
  if (result.kind === "skipped") return result;
  return { kind: "content", id, value: await takeApart(result.document, { mediaType, bytes, extractor }) };
}

/** Changes with what readers and extraction make of the same bytes. */
const READER_VERSION = 1;

interface Reading {
  readonly mediaType: string;
  readonly bytes: number;
  readonly extractor: KnowledgeExtractor | undefined;
}

async function takeApart(document: ReadDocument, { mediaType, bytes, extractor }: Reading): Promise<StoredContent> {
  const { title, blocks } = document;
  const frontMatter = JsonObject.safeParse(copyJson(document.frontMatter));
  const notes = [...document.notes];
  if (!frontMatter.success) notes.push("front matter ignored: it holds values that are not JSON");
  const fromStructure = extractItems(blocks).map((item) => ({ ...item, by: "structure" as const }));
  const fromModel = extractor === undefined ? [] : await askExtractor(document, extractor, notes);
  return {
    title,
    mediaType,
    bytes,
    frontMatter: frontMatter.data ?? {},
    chunks: chunkDocument(blocks).map((chunk) => ({ ...chunk, headings: [...chunk.headings] })),
    items: [...fromStructure, ...fromModel].flatMap((item) => StoredItem.safeParse(item).data ?? []),
    notes,
  };
}

async function askExtractor(
  { title, blocks }: ReadDocument,
  extractor: KnowledgeExtractor,
  notes: string[],
): Promise<readonly StoredItem[]> {
  const text = blocks.map(blockText).join("\n\n");
  const given = z.array(z.looseObject({})).parse(await extractor.extract({ title, text }));
  const items = given.flatMap((item) => StoredItem.safeParse({ ...item, by: "model" }).data ?? []);
  if (items.length < given.length) notes.push(`${given.length - items.length} extracted items had no usable form`);
  return items;
}
