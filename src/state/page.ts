import * as z from "zod";
import { InputError } from "../protocol/errors.ts";
import { MAX_PAGE_SIZE, PAGE_SIZE } from "../protocol/limits/store.ts";
import type { Page, PageRequest } from "../protocol/run.ts";

/** The place of a row in a list ordered by time. Gate ids hold a turn, which makes them the longest. */
export const PageToken = z.tuple([z.string().max(40), z.string().max(2000)]);
export type PageToken = z.infer<typeof PageToken>;

/** The number of rows a page may have. A larger wish gets the largest page. */
export function pageLimit(request: PageRequest): number {
  const limit = request.limit ?? PAGE_SIZE;
  if (Number.isInteger(limit) && limit > 0) return Math.min(limit, MAX_PAGE_SIZE);
  throw new InputError(
    "INPUT_INVALID",
    `the limit of a page must be a whole number from 1 to ${MAX_PAGE_SIZE}, got ${limit}`,
  );
}

/** The row after which the page begins, or null for the first page. */
export function pageStart(request: PageRequest): PageToken | null {
  if (request.after === undefined) return null;
  const token = PageToken.safeParse(decodeToken(request.after));
  if (token.success) return token.data;
  throw new InputError("INPUT_INVALID", "the page token is not one that a list gave", {
    hint: "pass the `next` of the page before, unchanged",
  });
}

/** A page out of one row more than it may have; `place` tells where a row stands. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  read: { readonly place: (row: Row) => PageToken; readonly item: (row: Row) => Item },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? encodeToken(read.place(last)) : null;
  return { items: shown.map((row) => read.item(row)), next };
}

function encodeToken(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function decodeToken(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    // Falls through to the schema, which refuses it with a hint.
    return null;
  }
}
