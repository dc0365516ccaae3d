import { byteLength, preview } from "../../lib/cap-text.ts";
import type { Json, JsonObject } from "../../protocol/json.ts";
import { REFERENCE_GLIMPSE_BYTES } from "../../protocol/limits/reference.ts";

/** What is shown of a value whose author did not say: its type and size, the start of a list, the keys of an object. */
export function plainGlimpse(value: unknown): Json {
  const size = sizeOf(value);
  const glimpse = { ...size, ...startOf(value) };
  return byteLength(JSON.stringify(glimpse)) <= REFERENCE_GLIMPSE_BYTES ? glimpse : size;
}

const SHOWN_ITEMS = 3;
const SHOWN_KEYS = 20;
const SHOWN_CHARS = 100;

function sizeOf(value: unknown): JsonObject {
  if (typeof value === "string") return { type: "string", length: value.length };
  if (Array.isArray(value)) return { type: "array", length: value.length };
  if (value === null) return { type: "null" };
  return typeof value === "object" ? { type: "object", size: Object.keys(value).length } : { type: typeof value };
}

function startOf(value: unknown): JsonObject {
  if (Array.isArray(value)) return { first: value.slice(0, SHOWN_ITEMS).map(brief) };
  if (typeof value === "object" && value !== null)
    return { keys: Object.keys(value).slice(0, SHOWN_KEYS).map(shortText) };
  return {};
}

/** Scalars as they are; what may be long, by its size. */
function brief(item: unknown): Json {
  if (typeof item === "string") return shortText(item);
  return typeof item === "number" || typeof item === "boolean" || item === null ? item : sizeOf(item);
}

function shortText(text: string): string {
  return preview(text, SHOWN_CHARS);
}
