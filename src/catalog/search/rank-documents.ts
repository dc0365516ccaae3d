import type { DocumentSpace, IndexView, PostingBlock } from "./index-view.ts";
import { databaseNumber, hasType } from "./lanes.ts";
import { BLOCK_SIZE, POSTING_WORDS, SHARE_SCALE, VALUE_SCALE } from "./postings.ts";
import type { QueryWord } from "./query-words.ts";
import {
  CLOSE_LOOKS,
  DATABASE_NAME_VALUE,
  DATABASE_SATURATION,
  DATABASE_SHARE,
  NEIGHBOURS_OF,
  NEIGHBOUR_SHARE,
  SATURATION,
  WHOLE_COLUMN_NAME,
  WHOLE_NAME_SHARE,
  WHOLE_TABLE_NAME,
  rarity,
} from "./ranking.ts";
import { TopList } from "./top-list.ts";

/** A document and how well it fits. */
export interface RankedDocument {
  readonly ordinal: number;
  readonly score: number;
}

/** What a ranking goes by besides the words. */
export interface RankRequest {
  readonly isColumns: boolean;
  /** See lanes.ts. */
  readonly types: number;
}

/**
 * The documents of a space that fit the words best. First every posting is counted, for its document and for its database; then
 * the best are looked at closely: whole names that the query holds, and tables that join with good ones.
 */
export function rankDocuments(
  view: IndexView,
  words: readonly QueryWord[],
  { isColumns, types }: RankRequest,
): readonly RankedDocument[] {
  const space = view.space(isColumns);
  const counted = countPostings(view, words, space);
  const score = (place: number): number =>
    (counted.documents[place] ?? 0) +
    DATABASE_SHARE * (counted.databases[databaseNumber(space.lanes[place] ?? 0)] ?? 0);
  const top = new TopList(CLOSE_LOOKS);
  for (let place = 0; place < space.lanes.length; place++) {
    if (counted.documents[place] !== 0 && hasType(space.lanes[place] ?? -1, types)) top.offer(place, score(place));
  }
  const close = new Map<number, number>();
  for (const { item, score: plain } of top.items()) {
    const named = view.named(space.base + item);
    if (named === null) continue;
    close.set(item, named.factor * (plain + WHOLE_NAME_SHARE * wholeNames(named.names, counted.weights)));
  }
  const lifted = liftNeighbours(view, close, { space, counted, types, score });
  return [...lifted]
    .map(([place, total]) => ({ ordinal: space.base + place, score: total }))
    .sort((a, b) => b.score - a.score || a.ordinal - b.ordinal);
}

interface Counted {
  readonly documents: Float64Array;
  readonly databases: Float64Array;
  /** How telling each word is that stands anywhere. */
  readonly weights: ReadonlyMap<string, number>;
}

function countPostings(view: IndexView, words: readonly QueryWord[], space: DocumentSpace): Counted {
  const documents = new Float64Array(space.lanes.length);
  const databases = new Float64Array(space.perDatabase.length);
  const weights = new Map<string, number>();
  const meanTables = Math.max(1, space.count / Math.max(1, space.databases));
  for (const { stem, share } of words) {
    const blocks = view.postings(stem, space.base > 0);
    const found = blocks.reduce((sum, { numbers }) => sum + numbers.length / POSTING_WORDS, 0);
    if (found === 0) continue;
    const weight = share * rarity(found, space.count);
    weights.set(stem, weight);
    const sums = countWord(blocks, space, { documents, weight });
    const known = sums.reduce((count, sum) => count + (sum > 0 ? 1 : 0), 0);
    const telling = share * rarity(known, Math.max(known, space.databases));
    for (let number = 1; number < sums.length; number++) {
      const sum = ((sums[number] ?? 0) * meanTables) / Math.max(1, space.perDatabase[number] ?? 1);
      if (sum > 0)
        databases[number] =
          (databases[number] ?? 0) + (telling * sum * (DATABASE_SATURATION + 1)) / (DATABASE_SATURATION + sum);
    }
  }
  return { documents, databases, weights };
}

/** Adds a word's postings to the documents and gives their sum by database. */
function countWord(
  blocks: readonly PostingBlock[],
  space: DocumentSpace,
  { documents, weight }: { readonly documents: Float64Array; readonly weight: number },
): Float64Array {
  const sums = new Float64Array(space.perDatabase.length);
  for (const { block, numbers } of blocks) {
    const first = block * BLOCK_SIZE - space.base;
    for (let at = 0; at < numbers.length; at += POSTING_WORDS) {
      const place = first + (numbers[at] ?? 0);
      const packed = numbers[at + 1] ?? 0;
      const value = (numbers[at + 2] ?? 0) / VALUE_SCALE;
      documents[place] = (documents[place] ?? 0) + (weight * value * (SATURATION + 1)) / (SATURATION + value);
      const number = databaseNumber(space.lanes[place] ?? 0);
      if (number <= 0) continue;
      const sum = (sums[number] ?? 0) + (packed & 255) / SHARE_SCALE;
      sums[number] = (packed >> 8) & 1 ? Math.max(sum, DATABASE_NAME_VALUE) : sum;
    }
  }
  return sums;
}

/** What whole names of a document add: each name of which every word is asked for. */
function wholeNames(names: readonly (readonly string[])[], weights: ReadonlyMap<string, number>): number {
  let bonus = 0;
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    let sum = 0;
    for (const stem of name) {
      const weight = weights.get(stem);
      if (weight === undefined) {
        sum = 0;
        break;
      }
      sum += weight;
    }
    if (sum === 0) continue;
    const key = name.join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    bonus += sum * (index === 0 ? WHOLE_TABLE_NAME : WHOLE_COLUMN_NAME * Math.min(1, name.length / 2));
  }
  return bonus;
}

interface Lift {
  readonly space: DocumentSpace;
  readonly counted: Counted;
  readonly types: number;
  readonly score: (place: number) => number;
}

/** A question often needs a table that it does not name, to join those that it names. */
function liftNeighbours(
  view: IndexView,
  close: ReadonlyMap<number, number>,
  { space, counted, types, score }: Lift,
): ReadonlyMap<number, number> {
  const lifts = new Map<number, number>();
  const best = [...close].sort((a, b) => b[1] - a[1]).slice(0, NEIGHBOURS_OF);
  for (const [place] of best) {
    const own = counted.documents[place] ?? 0;
    for (const ordinal of view.neighbours(view.named(space.base + place)?.id ?? "")) {
      const neighbour = ordinal - space.base;
      if (hasType(space.lanes[neighbour] ?? -1, types)) lifts.set(neighbour, Math.max(own, lifts.get(neighbour) ?? 0));
    }
  }
  const lifted = new Map(close);
  for (const [place, lift] of lifts) lifted.set(place, (close.get(place) ?? score(place)) + NEIGHBOUR_SHARE * lift);
  return lifted;
}
