import type { CatalogEntry, CatalogScope } from "../protocol/catalog.ts";
import { InputError } from "../protocol/errors.ts";
import type { CatalogStore } from "./port.ts";
import type { CatalogDatabase } from "./store/catalog-database.ts";
import { requireCatalogSchema, requireCatalogTables } from "./store/catalog-migrations.ts";
import { createEntryCatalog } from "./store/entry-catalog.ts";
import { openPostgresCatalogDatabase } from "./store/postgres-catalog-database.ts";
import { createSqlCatalog } from "./store/sql-catalog.ts";
import { openSqliteCatalogDatabase } from "./store/sqlite-catalog-database.ts";

/** Where a catalog is kept, as the data environment says with its secrets filled in. */
export type CatalogSource =
  | { readonly kind: "inline"; readonly entries: readonly CatalogEntry[] }
  | { readonly kind: "empty" }
  | { readonly kind: "sqlite" | "postgres"; readonly url: string; readonly ensureSchema: boolean };

/** What a catalog is opened for. A reader never makes one: a path that was mistyped must not become an empty catalog. */
export type CatalogUse = "read" | "write";

/**
 * Opens the catalog of one scope. A durable one that is not there is created for a writer when its `ensureSchema` says so, and
 * refused otherwise.
 */
export async function openCatalogStore(
  source: CatalogSource,
  scope: CatalogScope,
  use: CatalogUse = "write",
): Promise<CatalogStore> {
  if (source.kind === "inline") return createEntryCatalog(source.entries);
  if (source.kind === "empty") return createEntryCatalog([]);
  const database =
    source.kind === "postgres"
      ? openPostgresCatalogDatabase(source.url)
      : await openSqliteCatalogDatabase(sqlitePath(source.url), source.ensureSchema && use === "write");
  try {
    if (use === "read") await requireCatalogTables(database);
    await prepare(database, source.ensureSchema);
  } catch (error) {
    await database.close();
    throw error;
  }
  return createSqlCatalog(database, scope);
}

function sqlitePath(url: string): string {
  const path = url.replace(/^sqlite:/, "").replace(/^\/\/(?=\/)/, "");
  if (url.startsWith("sqlite:") && path !== "" && !path.startsWith(":")) return path;
  throw new InputError(
    "INPUT_INVALID",
    `the URL of the catalog must begin with sqlite: and a path, got ${JSON.stringify(url.slice(0, url.indexOf(":") + 1))}`,
    { hint: "for example sqlite:.bridle/catalog.db" },
  );
}

async function prepare(database: CatalogDatabase, ensureSchema: boolean): Promise<void> {
  if (ensureSchema) await database.migrate();
  else await requireCatalogSchema(database);
}
