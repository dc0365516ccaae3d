import { BlockPostings } from "./block-postings.ts";
import type { GenerationPlace } from "./generation-place.ts";
import { BLOCK_SIZE, type PackedPosting, fromBlob, toBlob } from "./postings.ts";

/** The postings of one generation while they are changed: read when they are first needed, stored by `flush`. */
export class HeldPostings {
  readonly #place: GenerationPlace;
  readonly #stems = new Map<string, Map<number, BlockPostings>>();

  constructor(place: GenerationPlace) {
    this.#place = place;
  }

  set(stem: string, ordinal: number, posting: PackedPosting): void {
    this.#block(stem, ordinal).set(ordinal % BLOCK_SIZE, posting);
  }

  remove(stem: string, ordinal: number): void {
    this.#block(stem, ordinal).remove(ordinal % BLOCK_SIZE);
  }

  /** Stores one word after the other. */
  *flush(): Generator<void> {
    for (const [stem, blocks] of this.#stems) {
      if (this.#place.isNew || !this.#isKnown(stem)) this.#spell(stem);
      for (const [block, postings] of blocks) this.#store(stem, block, postings.numbers());
      yield;
    }
    this.#stems.clear();
  }

  #block(stem: string, ordinal: number): BlockPostings {
    const block = Math.floor(ordinal / BLOCK_SIZE);
    const blocks = this.#stems.get(stem) ?? new Map<number, BlockPostings>();
    this.#stems.set(stem, blocks);
    const held = blocks.get(block) ?? new BlockPostings(this.#place.isNew ? undefined : this.#read(stem, block));
    blocks.set(block, held);
    return held;
  }

  #read(stem: string, block: number): Uint16Array | undefined {
    const { connection, number } = this.#place;
    const find = connection.statement("select data from postings where generation = ? and stem = ? and block = ?");
    // The column holds blobs.
    const data = find.pluck().get(number, stem, block) as Uint8Array | undefined;
    return data === undefined ? undefined : fromBlob(data);
  }

  #store(stem: string, block: number, numbers: Uint16Array): void {
    const { connection, number } = this.#place;
    if (numbers.length === 0) {
      connection
        .statement("delete from postings where generation = ? and stem = ? and block = ?")
        .run(number, stem, block);
      return;
    }
    connection
      .statement(
        `insert into postings(generation, stem, block, data) values (?, ?, ?, ?)
         on conflict(generation, stem, block) do update set data = excluded.data`,
      )
      .run(number, stem, block, toBlob(numbers));
  }

  #isKnown(stem: string): boolean {
    const find = this.#place.connection.statement("select 1 from postings where generation = ? and stem = ? limit 1");
    return find.get(this.#place.number, stem) !== undefined;
  }

  /** Words of letters can be misspelled; numbers cannot. */
  #spell(stem: string): void {
    if (stem.length < 3 || /\d/.test(stem)) return;
    const { connection, number } = this.#place;
    connection.statement("insert into spellings(generation, stem) values (?, ?)").run(number, stem);
  }
}
