import { BridleError } from "../protocol/errors.ts";
import type { CatalogSearch } from "./search/catalog-search.ts";

/**
 * Lets the index follow every write of one catalog. A search that comes between a write and its index waits for those writes
 * rather than fail; what others wrote stays an INDEX_STALE, because nobody here knows when they will have followed.
 */
export class WriteThrough {
  readonly #search: CatalogSearch;
  readonly #underway = new Set<Promise<unknown>>();

  constructor(search: CatalogSearch) {
    this.#search = search;
  }

  /** Runs a write, then brings the index up to it. */
  async write<Result>(work: () => Promise<Result>): Promise<Result> {
    const writing = this.#writeAndFollow(work);
    this.#underway.add(writing);
    try {
      return await writing;
    } finally {
      this.#underway.delete(writing);
    }
  }

  /** Runs a search, again after the writes that it came between. */
  async search<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      const before = [...this.#underway];
      try {
        return await work();
      } catch (error) {
        const writes = [...before, ...this.#underway];
        if (!isStale(error) || writes.length === 0 || attempt === ATTEMPTS) throw error;
        await Promise.allSettled(writes);
      }
    }
  }

  async #writeAndFollow<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = await work();
    await this.#search.follow();
    return result;
  }
}

/** Writes that begin while a search waits may come before it again. */
const ATTEMPTS = 20;

function isStale(error: unknown): boolean {
  return error instanceof BridleError && error.code === "INDEX_STALE";
}
