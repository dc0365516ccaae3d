import type { ItemType } from "../../protocol/catalog.ts";
import type { IndexView } from "./index-view.ts";
import { COLUMN_BASE } from "./lanes.ts";
import { BLOCK_SIZE, POSTING_WORDS } from "./postings.ts";
import type { QueryWord } from "./query-words.ts";

/** For each of some documents, the fields in which words of the query stand: by field position, the words as they were asked. */
export type WordPlaces = ReadonlyMap<number, ReadonlyMap<number, readonly string[]>>;

/** Looks the documents up in the postings that ranking has read already. */
export function wordPlaces(view: IndexView, words: readonly QueryWord[], ordinals: readonly number[]): WordPlaces {
  const places = new Map(ordinals.map((ordinal) => [ordinal, new Map<number, string[]>()]));
  const blocks = new Set(ordinals.map((ordinal) => Math.floor(ordinal / BLOCK_SIZE)));
  const isColumns = ordinals.some((ordinal) => ordinal >= COLUMN_BASE);
  for (const { stem, asked } of words) {
    for (const { block, numbers } of view.postings(stem, isColumns)) {
      if (!blocks.has(block)) continue;
      for (let at = 0; at < numbers.length; at += POSTING_WORDS) {
        const fields = places.get(block * BLOCK_SIZE + (numbers[at] ?? 0));
        if (fields !== undefined) addWord(fields, (numbers[at + 1] ?? 0) >> 8, asked);
      }
    }
  }
  return places;
}

/** What people call the fields of a document. */
export function fieldName(itemType: ItemType, field: number): string {
  const names = itemType === "table" || itemType === "column" ? DATA_FIELDS : TEXT_FIELDS;
  return field === 2 && itemType === "column" ? "table" : (names[field] ?? "text");
}

const DATA_FIELDS = ["database", "name", "columns", "description", "values"] as const;
const TEXT_FIELDS = ["database", "name", "text"] as const;

function addWord(fields: Map<number, string[]>, mask: number, word: string): void {
  for (let field = 0; mask >> field > 0; field++) {
    if (((mask >> field) & 1) === 0) continue;
    const words = fields.get(field) ?? [];
    if (!words.includes(word)) words.push(word);
    fields.set(field, words);
  }
}
