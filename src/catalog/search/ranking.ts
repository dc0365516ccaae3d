/**
 * What the order of results is made of. The numbers were chosen by measuring over two public collections of schemas; they sit on
 * a plateau, so that halving or doubling one of them costs a point of recall and no more.
 */

/** The fields of a document by position; a bit of a posting's mask says that the word stands there. */
export const FIELD_COUNT = 5;
/** What a word counts in each field: where it belongs, its name, its parts, its description, its values. */
export const FIELD_WEIGHTS = [3, 8, 1, 0.3, 0.5] as const;
/** How much the length of each field takes from its words. */
export const FIELD_NORMS = [0.3, 0.5, 0.75, 0.9, 0.9] as const;
/** Words repeated in prose count once: what repeats there is wide, not relevant. */
export const PROSE_FIELD = 3;
/** How fast more occurrences stop to count. */
export const SATURATION = 1;

/** A database that knows the words lifts all its tables by this share of its own score. */
export const DATABASE_SHARE = 0.6;
/** As `SATURATION`, for all tables of a database together. */
export const DATABASE_SATURATION = 5;
/** What a word in the database's own name counts for at least. */
export const DATABASE_NAME_VALUE = 9;

/** A name of which every word is asked for. */
export const WHOLE_NAME_SHARE = 0.7;
/** The same for the name of the table itself, relative to a column of two words. */
export const WHOLE_TABLE_NAME = 1.5;
export const WHOLE_COLUMN_NAME = 0.5;

/** What a table gets of the score of the best table that it joins with. */
export const NEIGHBOUR_SHARE = 0.2;
/** Candidates that are looked at closely, and those of them that lift their neighbours. */
export const CLOSE_LOOKS = 200;
export const NEIGHBOURS_OF = 60;

/** What a word counts that is only spelled like the one asked for, times how alike they are. */
export const ALIKE_SHARE = 0.5;
/** The share of common letter triples from which two words are alike. */
export const ALIKE_FROM = 0.45;
/** What comes first because people prefer it, and what looks like a copy or a leftover. */
export const PREFERRED_FACTOR = 1.2;
export const LEFT_OVER_FACTOR = 0.7;

/** How telling a word is that `count` of `all` have. */
export function rarity(count: number, all: number): number {
  return Math.log(1 + (all - count + 0.5) / (count + 0.5));
}
