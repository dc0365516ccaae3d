import { POSTING_WORDS, type PackedPosting } from "./postings.ts";

/** One word's postings in one block of documents, while they are changed. */
export class BlockPostings {
  #numbers: Uint16Array;
  #length: number;

  constructor(stored: Uint16Array | undefined) {
    this.#numbers = stored ?? new Uint16Array(POSTING_WORDS);
    this.#length = stored?.length ?? 0;
  }

  /** What is to be stored. */
  numbers(): Uint16Array {
    return this.#numbers.subarray(0, this.#length);
  }

  /** Writes the posting of the document at a place of the block. A new block gets its documents in order, without a look. */
  set(place: number, posting: PackedPosting): void {
    const last = this.#length === 0 ? -1 : (this.#numbers[this.#length - POSTING_WORDS] ?? -1);
    const found = last < place ? -1 : this.#find(place);
    const at = found < 0 ? this.#grow() : found;
    this.#numbers[at] = place;
    this.#numbers[at + 1] = posting >>> 16;
    this.#numbers[at + 2] = posting & 65_535;
    this.#sink(at);
  }

  remove(place: number): void {
    const at = this.#find(place);
    if (at < 0) return;
    this.#numbers.copyWithin(at, at + POSTING_WORDS, this.#length);
    this.#length -= POSTING_WORDS;
  }

  /** The postings are in the order of their places. */
  #find(place: number): number {
    let low = 0;
    let high = this.#length / POSTING_WORDS;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#numbers[middle * POSTING_WORDS] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    const at = low * POSTING_WORDS;
    return at < this.#length && this.#numbers[at] === place ? at : -1;
  }

  #grow(): number {
    const at = this.#length;
    this.#length += POSTING_WORDS;
    if (this.#length > this.#numbers.length) {
      const larger = new Uint16Array(Math.max(this.#length, this.#numbers.length * 2));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    return at;
  }

  /** Moves a posting that was put at the end to where its place belongs. */
  #sink(from: number): void {
    const own = this.#numbers.slice(from, from + POSTING_WORDS);
    let at = from;
    while (at > 0 && (this.#numbers[at - POSTING_WORDS] ?? 0) > (own[0] ?? 0)) at -= POSTING_WORDS;
    if (at === from) return;
    this.#numbers.copyWithin(at + POSTING_WORDS, at, from);
    this.#numbers.set(own, at);
  }
}
