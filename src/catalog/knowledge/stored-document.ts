import * as z from "zod";
import { JsonObject } from "../../protocol/json.ts";

/** What is kept of an item of knowledge that the structure of its document marks. */
export const StoredItem = z.strictObject({
  kind: z.enum(["term", "metric", "rule", "policy", "example_query"]),
  name: z.string().min(1).max(300),
  definition: z.string().max(8_000),
  sql: z.string().max(20_000).optional(),
  unit: z.string().max(100).optional(),
});
export type StoredItem = z.infer<typeof StoredItem>;

/** What is kept of a content, however many files hold it. */
export const StoredContent = z.strictObject({
  title: z.string(),
  mediaType: z.string(),
  bytes: z.number(),
  frontMatter: JsonObject,
  chunks: z.array(z.strictObject({ headings: z.array(z.string()), offset: z.number(), text: z.string() })),
  items: z.array(StoredItem),
  notes: z.array(z.string()),
});
export type StoredContent = z.infer<typeof StoredContent>;

/** What is kept of a file: where it was found and what it holds. */
export const StoredFile = z.strictObject({ source: z.string(), path: z.string(), content: z.string() });
export type StoredFile = z.infer<typeof StoredFile>;

/** The key of a file's record. */
export function fileKey(source: string, path: string): string {
  return `${FILE_PREFIX}${source}/${path}`;
}

/** The key of a content's record. */
export function contentKey(content: string): string {
  return `${CONTENT_PREFIX}${content}`;
}

/** What begins the keys of all files and of all contents. */
export const FILE_PREFIX = "knowledge/file/";
export const CONTENT_PREFIX = "knowledge/content/";
