import type { Page } from "../../protocol/run.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";

/** A list for people: what its columns are, and a row of printable cells for each item. */
export interface Listing {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is said of an empty page; the list may be new. */
  readonly whenEmpty?: string;
}

/** Tells one page of a list: a document, an item a line, or a table for people. */
export function tellPage(
  output: Output,
  { items, next }: Page<unknown>,
  { header, rows, whenEmpty = "nothing here yet" }: Listing,
): void {
  for (const item of items) output.item(item);
  output.result(
    output.mode === "ndjson" ? { next } : { items, next },
    items.length === 0 ? "" : table([header, ...rows]),
  );
  if (items.length === 0) output.hint(whenEmpty);
  if (next !== null) output.hint(`there is more: --after ${next}`);
}
