import type * as z from "zod";
import { StateError } from "../protocol/errors.ts";

/** A stored row as its schema says; a row that does not fit is damaged, and `what` names it. */
export function parseStored<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(what, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unreadable"}`);
}

/** Stored JSON text as its schema says. */
export function parseStoredJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): z.output<Schema> {
  return parseStored(schema, parseText(text, what), what);
}

/** JSON text or null, not yet looked at. */
export function parseText(text: string | null, what: string): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the content.
    throw damaged(what, "not JSON");
  }
}

function damaged(what: string, problem: string): StateError {
  return new StateError("STORE_CORRUPT", `the state store holds an unreadable ${what} (${problem})`, {
    hint: "restore the store from a backup, or delete what holds this value",
  });
}
