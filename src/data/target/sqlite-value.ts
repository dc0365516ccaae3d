import type { Json } from "../../protocol/json.ts";
import { QUERY_CELL_BYTES } from "../../protocol/limits/query.ts";

/**
 * A value of SQLite as JSON: integers beyond 2^53 as decimal text, infinities as "Infinity" and "-Infinity", blobs as `\x` and
 * hexadecimal digits, as Postgres writes them.
 */
export function sqliteValue(value: unknown): Json {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (!(value instanceof Uint8Array)) return null;
  // Half the limit in bytes is the whole of it in digits; one byte more lets the limit be noticed.
  return `\\x${Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, QUERY_CELL_BYTES / 2)).toString("hex")}`;
}

/** A parameter as SQLite takes it: it has no booleans and no lists, lists and objects become JSON text. */
export function sqliteParam(value: Json): string | number | bigint | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
