import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import { StateError } from "../../protocol/errors.ts";
import type { CatalogColumnTypes, CatalogDatabase } from "./catalog-database.ts";
import type { CatalogTables } from "./catalog-tables.ts";

/** The schema of a catalog that this build writes. */
const CATALOG_SCHEMA_VERSION = 2;

/**
 * Applies what is missing, in a transaction that no other migrating process can be in. The tables have names of their own, so
 * that the file or schema may hold other things as well.
 */
export async function migrateCatalog(
  db: Kysely<CatalogTables>,
  types: CatalogColumnTypes,
  label: string,
): Promise<void> {
  await createMigrations(db);
  const version = await appliedVersion(db);
  refuseNewer(version, label);
  for (const migration of MIGRATIONS.slice(version)) {
    await migration.up(db, types);
    const row = { version: migration.version, name: migration.name, applied_at: new Date().toISOString() };
    await db.insertInto("catalog_migrations").values(row).execute();
  }
}

/** Fails unless the tables are there as this build needs them; nothing is created. */
export async function requireCatalogSchema(database: CatalogDatabase): Promise<void> {
  await requireCatalogTables(database);
  const { label } = database;
  const version = await database.read(appliedVersion);
  refuseNewer(version, label);
  if (version === CATALOG_SCHEMA_VERSION) return;
  throw new StateError(
    "CATALOG_MISSING",
    `catalog ${label}: expected the catalog's tables in version ${CATALOG_SCHEMA_VERSION}, found version ${version}, and catalog.ensure_schema is false`,
    { hint: "set catalog.ensure_schema to true once, or point catalog.url to another catalog" },
  );
}

/** Fails unless somebody made a catalog there, in whatever version; nothing is created. */
export async function requireCatalogTables(database: CatalogDatabase): Promise<void> {
  if (!(await database.hasTables())) throw missingTables(database.label);
}

/** The refusal of a place without a catalog where none may be created. */
export function missingTables(label: string): StateError {
  return new StateError("CATALOG_MISSING", `catalog ${label}: expected a catalog, found none`, {
    hint:
      "check catalog.url; `bridle data profile database` or `bridle data knowledge ingest` makes the catalog, " +
      "where catalog.ensure_schema is not false",
  });
}

interface CatalogMigration {
  readonly version: number;
  readonly name: string;
  readonly up: (db: Kysely<CatalogTables>, types: CatalogColumnTypes) => Promise<void>;
}

/** Every migration in order. A published one never changes. */
const MIGRATIONS: readonly CatalogMigration[] = [
  { version: 1, name: "initial", up: initial },
  { version: 2, name: "epochs", up: epochs },
];

async function initial(db: Kysely<CatalogTables>, { key }: CatalogColumnTypes): Promise<void> {
  await scoped(db, "catalog_entries", { key })
    .addColumn("id", key, notNull)
    .addColumn("item_type", key, notNull)
    .addColumn("hash", "text", notNull)
    .addColumn("body", "text", notNull)
    .addPrimaryKeyConstraint("catalog_entries_pk", ["tenant", "workspace", "id"])
    .execute();
  await index(db, "catalog_entries", ["item_type", "id"]);
  await scoped(db, "catalog_edges", { key })
    .addColumn("edge_key", key, notNull)
    .addColumn("owner", key, notNull)
    .addColumn("from_id", key, notNull)
    .addColumn("to_id", key, notNull)
    .addColumn("origin", "text", notNull)
    .addColumn("body", "text", notNull)
    .addPrimaryKeyConstraint("catalog_edges_pk", ["tenant", "workspace", "edge_key", "owner"])
    .execute();
  for (const column of ["from_id", "to_id", "owner"]) await index(db, "catalog_edges", [column, "edge_key"]);
  await scoped(db, "catalog_changes", { key })
    .addColumn("id", key, notNull)
    .addColumn("revision", "bigint", notNull)
    .addPrimaryKeyConstraint("catalog_changes_pk", ["tenant", "workspace", "id"])
    .execute();
  await index(db, "catalog_changes", ["revision", "id"]);
  await scoped(db, "catalog_revisions", { key })
    .addColumn("epoch", "text", notNull)
    .addColumn("revision", "bigint", notNull)
    .addPrimaryKeyConstraint("catalog_revisions_pk", ["tenant", "workspace"])
    .execute();
}

async function epochs(db: Kysely<CatalogTables>, { key }: CatalogColumnTypes): Promise<void> {
  await scoped(db, "catalog_epochs", { key })
    .addColumn("first_revision", "bigint", notNull)
    .addColumn("epoch", "text", notNull)
    .addPrimaryKeyConstraint("catalog_epochs_pk", ["tenant", "workspace", "first_revision"])
    .execute();
}

async function createMigrations(db: Kysely<CatalogTables>): Promise<void> {
  await db.schema
    .createTable("catalog_migrations")
    .ifNotExists()
    .addColumn("version", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", notNull)
    .addColumn("applied_at", "text", notNull)
    .execute();
}

async function appliedVersion(db: Kysely<CatalogTables>): Promise<number> {
  const row = await db
    .selectFrom("catalog_migrations")
    .select(sql<number>`max(version)`.as("version"))
    .executeTakeFirst();
  return row?.version ?? 0;
}

function refuseNewer(version: number, label: string): void {
  if (version <= CATALOG_SCHEMA_VERSION) return;
  throw new StateError(
    "STORE_NEWER",
    `catalog ${label} has schema version ${version}, this version of bridle knows up to ${CATALOG_SCHEMA_VERSION}`,
    { hint: "update bridle to the version that last wrote this catalog, or point it to another one" },
  );
}

function scoped(
  db: Kysely<CatalogTables>,
  table: keyof CatalogTables,
  { key }: CatalogColumnTypes,
): CreateTableBuilder<string, "tenant" | "workspace"> {
  return db.schema.createTable(table).addColumn("tenant", key, notNull).addColumn("workspace", key, notNull);
}

async function index(db: Kysely<CatalogTables>, table: keyof CatalogTables, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_by_${columns[0] ?? ""}`)
    .on(table)
    .columns(["tenant", "workspace", ...columns])
    .execute();
}

function notNull<Column extends { notNull(): Column }>(column: Column): Column {
  return column.notNull();
}
