import type { Page } from "../protocol/run.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";

/** Tells one page of a list: a document, an item a line, or a table for people. */
export function tellPage(output: Output, { items, next }: Page<unknown>, rows: readonly (readonly string[])[]): void {
  for (const item of items) output.item(item);
  output.result(output.mode === "ndjson" ? { next } : { items, next }, table(rows));
  if (items.length === 0) output.hint("nothing here yet");
  if (next !== null) output.hint(`there is more: --after ${next}`);
}
