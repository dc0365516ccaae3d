import * as z from "zod";
import type { DataEnvironment } from "../data/data-environment.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import { CatalogEdge, CatalogEntry, type CatalogScope, EdgeOrigin } from "../protocol/catalog.ts";
import { InputError, StateError } from "../protocol/errors.ts";
import { catalogSource } from "./catalog-source.ts";
import { type CatalogUse, openCatalogStore } from "./open-catalog-store.ts";
import type { CatalogChange, CatalogStore, UpsertCounts } from "./port.ts";
import { type RelationPaths, findPaths } from "./relations/find-paths.ts";
import { listFields } from "./relations/list-fields.ts";
import { type CatalogSearch, type SearchOptions, openCatalogSearch } from "./search/catalog-search.ts";
import type { RebuildCounts } from "./search/rebuild-index.ts";
import type { CatalogHit } from "./search/search-hit.ts";
import { WriteThrough } from "./write-through.ts";

/** Entries and edges as programs write them: what has a default may be left out. */
export interface CatalogChangeInput extends Pick<CatalogChange, "replaceEdges"> {
  readonly entries: readonly z.input<typeof CatalogEntry>[];
  readonly edges?: readonly z.input<typeof CatalogEdge>[];
}

/** One workspace's catalog with its search, as programs, tools and commands use it. */
export interface Catalog {
  readonly store: CatalogStore;
  /** Checks and writes what changed; the index follows when the data environment says `write_through`. */
  upsert(change: CatalogChangeInput): Promise<UpsertCounts>;
  remove(ids: readonly string[]): Promise<number>;
  search(query: string, options?: SearchOptions): Promise<readonly CatalogHit[]>;
  entries(ids: readonly string[]): Promise<readonly CatalogEntry[]>;
  /** The columns of a table, in their order. */
  fields(table: string): Promise<readonly CatalogEntry[]>;
  /** Edges that start or end at any of the entries. */
  relations(ids: readonly string[]): Promise<readonly CatalogEdge[]>;
  /** Ways to join two tables, cheapest first. */
  paths(from: string, to: string, options?: { readonly throughHubs?: boolean }): Promise<RelationPaths>;
  rebuildIndex(): Promise<RebuildCounts>;
  close(): Promise<void>;
}

/** Opens the catalog that a data environment names, and brings its index up to date when it says `rebuild_on_start`. */
export async function openCatalogOf(environment: DataEnvironment, scope: CatalogScope): Promise<Catalog> {
  const store = await openStoreOf(environment, scope, "write");
  const settings = environment.catalogSearch;
  const search = settings === null ? null : openCatalogSearch(settings.indexPath, store, scope);
  const catalog = catalogOver(store, search, environment);
  try {
    if (settings?.rebuildOnStart === true) await catalog.rebuildIndex();
  } catch (error) {
    await catalog.close();
    throw error;
  }
  return catalog;
}

/** Opens the store of the catalog that a data environment names; only a writer may make it. */
export async function openStoreOf(
  environment: DataEnvironment,
  scope: CatalogScope,
  use: CatalogUse,
): Promise<CatalogStore> {
  if (environment.catalog === null) throw missingCatalog(environment.source);
  return await openCatalogStore(catalogSource(environment.catalog), scope, use);
}

/** The data environment names no catalog. */
export function missingCatalog(source: string): StateError {
  return new StateError("CATALOG_MISSING", `${source} names no catalog: the key catalog is missing`, {
    hint: 'Add catalog: {kind: "sqlite", url: "sqlite:catalog.db"}.',
  });
}

function catalogOver(store: CatalogStore, search: CatalogSearch | null, environment: DataEnvironment): Catalog {
  const searchOrFail = (): CatalogSearch => {
    if (search !== null) return search;
    throw new StateError(
      "CATALOG_SEARCH_MISSING",
      `${environment.source} names no search index: the key catalog_search is missing`,
      {
        hint: 'Add catalog_search: {index_path: "catalog-search.db"}.',
      },
    );
  };
  const isWriteThrough = search !== null && environment.catalogSearch?.writeThrough === true;
  const through = isWriteThrough ? new WriteThrough(search) : DIRECT;
  return {
    store,
    upsert: (change) => through.write(async () => await store.upsert(parseChange(change))),
    remove: (ids) => through.write(() => store.remove(ids)),
    search: (query, options) => through.search(async () => await searchOrFail().search(query, options)),
    entries: (ids) => store.entries(ids),
    fields: (table) => listFields(store, table),
    relations: (ids) => store.edges(ids),
    paths: (from, to, options) => findPaths(store, [from, to], options),
    rebuildIndex: async () => await searchOrFail().rebuild(),
    close: async () => {
      search?.close();
      await store.close();
    },
  };
}

/** A catalog whose index is built when somebody says so. */
const DIRECT: Pick<WriteThrough, "write" | "search"> = { write: (work) => work(), search: (work) => work() };

const ChangeInput = z.strictObject({
  entries: z.array(CatalogEntry),
  edges: z.array(CatalogEdge).optional(),
  replaceEdges: z.strictObject({ from: z.array(z.string()), origins: z.array(EdgeOrigin) }).optional(),
});

function parseChange(change: CatalogChangeInput): CatalogChange {
  const parsed = ChangeInput.safeParse(change);
  if (parsed.success) return withoutUndefined(parsed.data);
  const [issue] = parsed.error.issues;
  throw new InputError(
    "CATALOG_ENTRY_INVALID",
    `a change of the catalog: ${issue?.path.join(".") ?? "it"}: ${issue?.message ?? "is wrong"}`,
    { hint: "An entry has id, itemType, name and qualified_name; an edge has from, to, type, origin and confidence." },
  );
}
