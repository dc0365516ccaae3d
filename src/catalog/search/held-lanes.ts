import type { GenerationPlace } from "./generation-place.ts";
import { lanesFromBlob, lanesToBlob } from "./lanes.ts";
import { BLOCK_SIZE } from "./postings.ts";

/** The lanes of one generation while they are changed: read when they are first needed, stored by `flush`. */
export class HeldLanes {
  readonly #place: GenerationPlace;
  readonly #blocks = new Map<number, Int32Array>();
  readonly #changed = new Set<number>();

  constructor(place: GenerationPlace) {
    this.#place = place;
  }

  set(ordinal: number, lane: number): void {
    const block = Math.floor(ordinal / BLOCK_SIZE);
    const lanes = this.#block(block);
    if (lanes[ordinal % BLOCK_SIZE] === lane) return;
    lanes[ordinal % BLOCK_SIZE] = lane;
    this.#changed.add(block);
  }

  flush(): void {
    const { connection, number } = this.#place;
    const write = connection.statement("insert or replace into lanes(generation, block, data) values (?, ?, ?)");
    for (const block of this.#changed) write.run(number, block, lanesToBlob(this.#block(block)));
    this.#changed.clear();
    this.#blocks.clear();
  }

  #block(block: number): Int32Array {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const lanes = lanesFromBlob(this.#place.isNew ? undefined : this.#read(block));
    this.#blocks.set(block, lanes);
    return lanes;
  }

  #read(block: number): Uint8Array | undefined {
    const { connection, number } = this.#place;
    const find = connection.statement("select data from lanes where generation = ? and block = ?").pluck();
    // The column holds blobs.
    return find.get(number, block) as Uint8Array | undefined;
  }
}
