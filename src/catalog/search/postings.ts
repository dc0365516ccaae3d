import { FIELD_NORMS, FIELD_WEIGHTS, PROSE_FIELD } from "./ranking.ts";
import type { SearchDocument } from "./search-document.ts";

/** Mean lengths of the fields, by which long ones are told from short ones. */
export type FieldLengths = readonly number[];

/**
 * Where a word stands in one document, and what it is worth there, in 29 bits: five that say in which fields, eight for what it
 * tells of the database, sixteen for what it tells of the document.
 */
export type PackedPosting = number;

/** The postings of a document by stem. */
export function postingsOf(document: SearchDocument, means: FieldLengths): ReadonlyMap<string, PackedPosting> {
  const postings = new Map<string, Posting>();
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
  return new Map([...postings].map(([stem, posting]) => [stem, packed(posting)]));
}

/** Postings as they stand in the row of their document. */
export function postingsText(postings: ReadonlyMap<string, PackedPosting>): string {
  return [...postings].map(([stem, posting]) => `${stem} ${posting}`).join(" ");
}

/** What `postingsText` wrote. */
export function readPostingsText(text: string): ReadonlyMap<string, PackedPosting> {
  const postings = new Map<string, PackedPosting>();
  const parts = text === "" ? [] : text.split(" ");
  for (let at = 0; at < parts.length; at += 2) postings.set(parts[at] ?? "", Number(parts[at + 1]));
  return postings;
}

/** Documents of one block of a word's postings. */
export const BLOCK_SIZE = 4096;
/** Numbers of 16 bits per posting: place in the block, fields and share, value. */
export const POSTING_WORDS = 3;
/** Fixed-point factors: a share fits into 8 bits, a value into 16. */
export const SHARE_SCALE = 8;
export const VALUE_SCALE = 512;

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

interface Posting {
  /** A bit for each field. */
  mask: number;
  /** For the document: by field, with its lengths. */
  value: number;
  /** For the database: by field, without them. */
  share: number;
}

function packed({ mask, value, share }: Posting): PackedPosting {
  const smallShare = Math.min(255, Math.max(share > 0 ? 1 : 0, Math.round(share * SHARE_SCALE)));
  const smallValue = Math.min(65_535, Math.max(1, Math.round(value * VALUE_SCALE)));
  return (mask << 24) | (smallShare << 16) | smallValue;
}

function counted(stems: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return counts;
}
