import type { CatalogEntry } from "../../protocol/catalog.ts";
import type { CatalogStore } from "../port.ts";
import { possibleParents } from "./gather-documents.ts";

/** Entries of a store, each read once however often it is asked for. */
export class ReadEntries {
  readonly #store: CatalogStore;
  readonly #known = new Map<string, CatalogEntry | null>();

  constructor(store: CatalogStore) {
    this.#store = store;
  }

  /** Those that exist of some ids, each once. */
  async read(ids: readonly string[]): Promise<readonly CatalogEntry[]> {
    const asked = [...new Set(ids)];
    const unknown = asked.filter((id) => !this.#known.has(id));
    if (unknown.length > 0) {
      for (const id of unknown) this.#known.set(id, null);
      for (const entry of await this.#store.entries(unknown)) this.#known.set(entry.id, entry);
    }
    return asked.flatMap((id) => this.#known.get(id) ?? []);
  }

  /** What each of some entries is a part of, for those that are part of anything. */
  async parentsOf(entries: readonly CatalogEntry[]): Promise<ReadonlyMap<string, string>> {
    await this.read(entries.flatMap(possibleParents));
    return new Map(
      entries.flatMap((entry) => {
        const parent = possibleParents(entry).find((id) => this.#known.get(id));
        return parent === undefined ? [] : [[entry.id, parent] as const];
      }),
    );
  }
}
