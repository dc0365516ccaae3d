import { closeSync, fchmodSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Kysely, sql } from "kysely";
import { SqliteDialect, whileBusy } from "../../state/sqlite/sqlite-driver.ts";
import type { SqliteDatabase } from "../../sqlite/database.ts";
import { openDatabase } from "../../sqlite/open-database.ts";
import { sqliteStateError } from "../../state/sqlite/sqlite-errors.ts";
import type { CatalogDatabase } from "./catalog-database.ts";
import { migrateCatalog, missingTables } from "./catalog-migrations.ts";
import type { CatalogTables } from "./catalog-tables.ts";

/**
 * Opens a SQLite file for catalogs with a connection that writes and one that reads. The file may hold other tables. A missing
 * file is created when `mayCreate`; else the file must hold a catalog.
 */
export async function openSqliteCatalogDatabase(path: string, mayCreate: boolean): Promise<CatalogDatabase> {
  const file = resolve(path);
  const opened = await explained(file, async () => await openConnections(file, mayCreate));
  const writer = new Kysely<CatalogTables>({ dialect: new SqliteDialect(opened.writer) });
  const reader = new Kysely<CatalogTables>({ dialect: new SqliteDialect(opened.reader) });
  return {
    label: file,
    read: (work) => explained(file, () => work(reader)),
    write: (work) => explained(file, () => writer.transaction().execute(work)),
    hasTables: () => explained(file, () => hasTables(reader)),
    migrate: () =>
      explained(file, () => writer.transaction().execute((tx) => migrateCatalog(tx, { key: sql`text` }, file))),
    close: async () => {
      await reader.destroy();
      await writer.destroy();
      // A connection that was never used is not known to Kysely.
      opened.reader.close();
      opened.writer.close();
    },
  };
}

interface Connections {
  readonly writer: SqliteDatabase;
  readonly reader: SqliteDatabase;
}

async function openConnections(file: string, mayCreate: boolean): Promise<Connections> {
  if (mayCreate) createFile(file);
  else await whileBusy(() => requireCatalog(file));
  const writer = openDatabase(file, { fileMustExist: true, timeout: 0 });
  try {
    await whileBusy(() => writer.pragma("journal_mode = WAL"));
    writer.pragma("synchronous = NORMAL");
    const reader = openDatabase(file, { fileMustExist: true, timeout: 0 });
    reader.pragma("query_only = ON");
    return { writer, reader };
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** Looked at before the first write, so that a path that names some other database leaves that as it is. */
function requireCatalog(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) throw missingTables(file);
  const reader = openDatabase(file, { readonly: true, fileMustExist: true, timeout: 0 });
  try {
    const found = reader.prepare("select 1 from sqlite_master where name = 'catalog_migrations'").get();
    if (found === undefined) throw missingTables(file);
  } finally {
    reader.close();
  }
}

/** SQLite gives -wal and -shm the mode of the database, so setting it here protects all three. */
function createFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const created = openSync(file, "a", 0o600);
  fchmodSync(created, 0o600);
  closeSync(created);
}

async function hasTables(db: Kysely<CatalogTables>): Promise<boolean> {
  const { rows } = await sql`select 1 from sqlite_master where name = 'catalog_migrations'`.execute(db);
  return rows.length > 0;
}

async function explained<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw sqliteStateError(error, file, "catalog") ?? error;
  }
}
