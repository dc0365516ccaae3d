import { FIELD_NORMS, FIELD_WEIGHTS, PROSE_FIELD } from "./ranking.ts";
import type { SearchDocument } from "./search-document.ts";

/** Where a word stands in one document, and what it is worth there. */
export interface Posting {
  /** A bit for each field. */
  readonly mask: number;
  /** For the document: by field, with its lengths. */
  readonly value: number;
  /** For the database: by field, without them. */
  readonly share: number;
}

/** Mean lengths of the fields, by which long ones are told from short ones. */
export type FieldLengths = readonly number[];

/** The postings of a document by stem. */
export function postingsOf(document: SearchDocument, means: FieldLengths): ReadonlyMap<string, Posting> {
  const postings = new Map<string, { mask: number; value: number; share: number }>();
  for (const [field, stems] of document.fields.entries()) {
    const weight = FIELD_WEIGHTS[field] ?? 0;
    const norm = FIELD_NORMS[field] ?? 0;
    const length = 1 - norm + (norm * stems.length) / Math.max(1, means[field] ?? 1);
    for (const [stem, count] of counted(stems)) {
      const posting = postings.get(stem) ?? { mask: 0, value: 0, share: 0 };
      posting.mask |= 1 << field;
      posting.value += (weight * (field >= PROSE_FIELD ? 1 : count)) / length;
      if (field > 0) posting.share += weight * Math.min(count, 2);
      postings.set(stem, posting);
    }
  }
  return postings;
}

/** Documents of one block of a word's postings. */
export const BLOCK_SIZE = 4096;
/** Numbers of 16 bits per posting: place in the block, mask and share, value. */
export const POSTING_WORDS = 3;
/** Fixed-point factors: a share fits into 8 bits, a value into 16. */
export const SHARE_SCALE = 8;
export const VALUE_SCALE = 512;

/** A posting as its second and third number. */
export function packed({ mask, value, share }: Posting): readonly [number, number] {
  const smallShare = Math.min(255, Math.max(share > 0 ? 1 : 0, Math.round(share * SHARE_SCALE)));
  return [(mask << 8) | smallShare, Math.min(65_535, Math.max(1, Math.round(value * VALUE_SCALE)))];
}

/** The numbers of a block as they are stored. */
export function toBlob(numbers: Uint16Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The numbers of a stored block. */
export function fromBlob(blob: Uint8Array): Uint16Array {
  // A copy is aligned; a piece of Node's pool may not be.
  const bytes = new Uint8Array(blob);
  return new Uint16Array(bytes.buffer, 0, bytes.byteLength >> 1);
}

function counted(stems: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return counts;
}
