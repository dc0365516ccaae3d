import { setImmediate } from "node:timers/promises";
import type { CatalogEdge, CatalogEntry } from "../protocol/catalog.ts";
import type { CatalogStore } from "./port.ts";

/** Every entry and every edge of a catalog. */
export interface WholeCatalog {
  readonly entries: readonly CatalogEntry[];
  readonly edges: readonly CatalogEdge[];
}

/** Reads a whole catalog page by page, and hears a signal between two pages. */
export async function readWholeCatalog(store: CatalogStore, signal?: AbortSignal): Promise<WholeCatalog> {
  const nextTurn = async (): Promise<void> => {
    // SQLite answers within one turn of the event loop, so that nothing else would be heard.
    await setImmediate();
    signal?.throwIfAborted();
  };
  const entries: CatalogEntry[] = [];
  for (let after: string | null | undefined; after !== null;) {
    await nextTurn();
    const page = await store.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    entries.push(...page.entries);
    after = page.next;
  }
  const edges: CatalogEdge[] = [];
  for (let after: string | null | undefined; after !== null;) {
    await nextTurn();
    const page = await store.listEdges({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    edges.push(...page.edges);
    after = page.next;
  }
  return { entries, edges };
}

const PAGE = 500;
