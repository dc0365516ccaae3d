import { createHash } from "node:crypto";
import { copyJson } from "../../lib/copy-json.ts";
import { JsonObject } from "../../protocol/json.ts";
import type { KeyValueStore } from "../key-value/port.ts";
import type { ReadDocument } from "./block.ts";
import { chunkDocument } from "./chunk-document.ts";
import { extractItems } from "./extract-items.ts";
import { MEDIA_TYPES, extensionOf, readDocument } from "./read-document.ts";
import { readFileWithin } from "./read-file.ts";
import { type StoredContent, StoredItem, contentKey } from "./stored-document.ts";

/** What a file holds: `value` only when that content was not stored before. */
export type FileContent =
  | { readonly kind: "content"; readonly id: string; readonly value: StoredContent | undefined }
  | { readonly kind: "skipped"; readonly reason: string };

/** Reads a file and takes it apart, unless the same bytes were taken apart before. */
export async function readContent(root: string, path: string, keyValue: KeyValueStore): Promise<FileContent> {
  const file = await readFileWithin(root, path);
  if (file.kind === "skipped") return file;
  const mediaType = MEDIA_TYPES.get(extensionOf(path)) ?? "text/plain";
  const way = `${READER_VERSION}\0${mediaType}\0`;
  const id = createHash("sha256").update(way).update(file.bytes).digest("hex");
  const key = contentKey(id);
  if ((await keyValue.get([key])).has(key)) return { kind: "content", id, value: undefined };
  const bytes = file.bytes.length;
  const result = await readDocument(path, file.bytes);
  if (result.kind === "skipped") return result;
  return { kind: "content", id, value: takeApart(result.document, { mediaType, bytes }) };
}

/** Changes with what readers and extraction make of the same bytes. */
const READER_VERSION = 2;

function takeApart(document: ReadDocument, form: Pick<StoredContent, "mediaType" | "bytes">): StoredContent {
  const { title, blocks } = document;
  const frontMatter = JsonObject.safeParse(copyJson(document.frontMatter));
  const notes = [...document.notes];
  if (!frontMatter.success) notes.push("front matter ignored: it holds values that are not JSON");
  return {
    title,
    ...form,
    frontMatter: frontMatter.data ?? {},
    chunks: chunkDocument(blocks).map((chunk) => ({ ...chunk, headings: [...chunk.headings] })),
    items: extractItems(blocks).flatMap((item) => StoredItem.safeParse(item).data ?? []),
    notes,
  };
}
