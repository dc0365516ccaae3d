import { expect, onTestFinished } from "vitest";
import { type CatalogSource, openCatalogStore } from "../../src/catalog/open-catalog-store.ts";
import type { CatalogStore } from "../../src/catalog/port.ts";
import { CatalogEdge, CatalogEntry, type CatalogScope } from "../../src/protocol/catalog.ts";
import { stateStores } from "./state-store.ts";

/** One kind of durable catalog as the contract tests see it; both kinds live where state stores can. */
export interface DurableCatalog {
  readonly name: "sqlite" | "postgres";
  newUrl(): string;
  execute(url: string, statement: string): Promise<void>;
}

/** Every durable catalog keeps the whole contract. */
export const durableCatalogs: readonly DurableCatalog[] = stateStores;

export const SCOPE: CatalogScope = { tenantId: "acme", workspaceId: "default" };

/** A catalog that is closed with the test. Two of the same URL are like two processes. */
export async function openCatalogAt(url: string, scope: CatalogScope = SCOPE): Promise<CatalogStore> {
  return await openSource({ kind: kindOf(url), url, ensureSchema: true }, scope);
}

/** Any catalog, closed with the test. */
export async function openSource(source: CatalogSource, scope: CatalogScope = SCOPE): Promise<CatalogStore> {
  const store = await openCatalogStore(source, scope);
  onTestFinished(() => store.close());
  return store;
}

/** A catalog over the entries, whatever its kind: given inline, or written to a durable one. */
export const filledCatalogs: readonly {
  readonly name: string;
  open(entries: readonly CatalogEntry[]): Promise<CatalogStore>;
}[] = [
  { name: "inline", open: (entries) => openSource({ kind: "inline", entries }) },
  ...durableCatalogs.map(({ name, newUrl }) => ({
    name,
    open: async (entries: readonly CatalogEntry[]): Promise<CatalogStore> => {
      const store = await openCatalogAt(newUrl());
      await store.upsert({ entries });
      return store;
    },
  })),
];

export function kindOf(url: string): "sqlite" | "postgres" {
  return url.startsWith("sqlite:") ? "sqlite" : "postgres";
}

/** An entry named after its id. */
export function entry(id: string, more: Partial<CatalogEntry> = {}): CatalogEntry {
  const [kind = "", ...rest] = id.split(":");
  const name = rest.join(":");
  return CatalogEntry.parse({ id, itemType: kind, name, qualified_name: name, ...more });
}

/** An inferred reference between two entries. */
export function edge(from: string, to: string, more: Partial<CatalogEdge> = {}): CatalogEdge {
  return CatalogEdge.parse({ from, to, type: "inferred_reference", origin: "inferred", confidence: 0.9, ...more });
}

/** Every entry and edge, read page by page. */
export async function readWhole(
  store: CatalogStore,
  limit = 1000,
): Promise<{ readonly entries: readonly CatalogEntry[]; readonly edges: readonly CatalogEdge[] }> {
  const entries: CatalogEntry[] = [];
  for (let after: string | undefined, isMore = true; isMore;) {
    const page = await store.list({ limit, ...(after === undefined ? {} : { after }) });
    entries.push(...page.entries);
    isMore = page.next !== null;
    after = page.next ?? undefined;
  }
  const edges: CatalogEdge[] = [];
  for (let after: string | undefined, isMore = true; isMore;) {
    const page = await store.listEdges({ limit, ...(after === undefined ? {} : { after }) });
    edges.push(...page.edges);
    isMore = page.next !== null;
    after = page.next ?? undefined;
  }
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  return { entries, edges };
}
