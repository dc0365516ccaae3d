import { InputError } from "../protocol/errors.ts";

/** Refuses an id that a database could not give back as it was written. */
export function checkId(id: string, where: string): void {
  if (id.length > 0 && id.length <= MAX_ID_CHARS && id.isWellFormed() && !id.includes("\u0000")) return;
  throw new InputError(
    "CATALOG_ENTRY_INVALID",
    `${where}: expected an id of 1 to ${MAX_ID_CHARS} characters without NUL and without half a character, got ${JSON.stringify(id.slice(0, 100))}`,
    { hint: "percent-encode such characters in the id" },
  );
}

const MAX_ID_CHARS = 1_000;
