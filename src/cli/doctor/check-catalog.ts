import { catalogSource, storeUrl } from "../../catalog/catalog-source.ts";
import { openKeyValueStore } from "../../catalog/key-value/open-key-value-store.ts";
import { openCatalogStore } from "../../catalog/open-catalog-store.ts";
import type { CatalogStore } from "../../catalog/port.ts";
import { entryIdOf } from "../../catalog/profile/entry-id.ts";
import { openCatalogSearch } from "../../catalog/search/catalog-search.ts";
import type { DataEnvironment, DurableLocation } from "../../data/data-environment.ts";
import type { CatalogScope } from "../../protocol/catalog.ts";
import { BridleError } from "../../protocol/errors.ts";
import { broken, type Check, fine } from "./check.ts";
import { targetTables } from "./check-target.ts";

/** Whose catalog is looked at, and what the database is called in it. */
export interface CatalogPlace {
  readonly environment: DataEnvironment;
  readonly scope: CatalogScope;
  readonly databaseId: string | null;
  /** Whether an index that is missing or stale is built anew. */
  readonly mends: boolean;
}

/** The catalog, whether it knows the tables that the database has, and its search index. Creates no store. */
export async function checkCatalog(place: CatalogPlace): Promise<readonly Check[]> {
  const { catalog } = place.environment;
  if (catalog === null) return [];
  const isDurable = catalog.kind === "sqlite" || catalog.kind === "postgres";
  const source = catalogSource(catalog);
  let store: CatalogStore;
  try {
    store = await openCatalogStore("ensureSchema" in source ? { ...source, ensureSchema: false } : source, place.scope);
  } catch (error) {
    return [isDurable ? notMade("catalog", error, catalog) : broken("catalog", error)];
  }
  try {
    return [await freshness(place, store), ...(await checkIndex(place, store))];
  } catch (error) {
    return [broken("catalog", error)];
  } finally {
    await store.close();
  }
}

/** The key-value store of knowledge. */
export async function checkKeyValue({ environment: { kv }, scope }: CatalogPlace): Promise<readonly Check[]> {
  if (kv === null) return [];
  try {
    const store = await openKeyValueStore({ kind: kv.kind, url: storeUrl(kv), ensureSchema: false }, scope);
    await store.close();
    return [fine("kv", kv.label)];
  } catch (error) {
    return [notMade("kv", error, kv)];
  }
}

/** A store that its first use will create is no trouble. */
function notMade(name: string, error: unknown, { ensureSchema, label }: DurableLocation): Check {
  const isMissing = error instanceof BridleError && ["CATALOG_MISSING", "KV_MISSING"].includes(error.code);
  return isMissing && ensureSchema ? fine(name, `${label} is made with its first use`) : broken(name, error);
}

async function freshness({ environment, databaseId }: CatalogPlace, store: CatalogStore): Promise<Check> {
  const { entries } = await store.list({ limit: 1 });
  const location = environment.targetDatabase;
  const fix = "Run `bridle --data-environment FILE data profile database`.";
  if (entries.length === 0) return { name: "catalog", status: "warn", message: "the catalog has no entry", fix };
  if (location === null || databaseId === null || !store.isWritable) return fine("catalog", "it has entries");
  const tables = await targetTables(location);
  const ids = tables.map(([schema, table]) => entryIdOf([databaseId, schema, table]));
  const known = new Set((await store.entries(ids)).map(({ id }) => id));
  const unknown = tables.filter((_, at) => !known.has(ids[at] ?? "")).map((names) => names.join("."));
  if (unknown.length === 0) return fine("catalog", `knows all ${tables.length} tables of ${databaseId}`);
  const shown = unknown.slice(0, SHOWN_TABLES).join(", ");
  const message = `does not know ${unknown.length} of ${tables.length} tables of ${databaseId}: ${shown}`;
  return { name: "catalog", status: "warn", message, fix };
}

const SHOWN_TABLES = 5;

async function checkIndex(place: CatalogPlace, store: CatalogStore): Promise<readonly Check[]> {
  const settings = place.environment.catalogSearch;
  if (settings === null) return [];
  const search = openCatalogSearch(settings.indexPath, store, place.scope);
  try {
    await search.search("a", { limit: 1 });
    return [fine("catalog index", `${settings.indexPath} shows the catalog as it is`)];
  } catch (error) {
    const check = broken("catalog index", error, "warn");
    if (!place.mends) return [check];
    const { documents } = await search.rebuild();
    return [fine("catalog index", `built anew with ${documents} documents (${check.message})`)];
  } finally {
    search.close();
  }
}
