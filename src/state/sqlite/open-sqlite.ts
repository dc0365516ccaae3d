import { statSync } from "node:fs";
import { resolve } from "node:path";
import { Kysely, sql, type Transaction } from "kysely";
import type { SqliteDatabase } from "../../sqlite/database.ts";
import { openDatabase } from "../../sqlite/open-database.ts";
import type { StateDatabase } from "../database.ts";
import { SCHEMA_VERSION, applyMigrations, newerStore } from "../migrations/migrate.ts";
import type { ColumnTypes } from "../migrations/migration.ts";
import type { StoreFile } from "../port.ts";
import type { StateTables } from "../schema.ts";
import { SqliteDialect, whileBusy } from "./sqlite-driver.ts";
import { sqliteStateError } from "./sqlite-errors.ts";
import { ensureStoreFile } from "./store-file.ts";

/**
 * Opens a SQLite state store with two connections: one writes, in turn; the other reads, so that reading never waits for a
 * writer that waits for another process. Other processes' writes are noticed by a counter that costs no query of tables. A commit
 * survives every kill; only what must survive a power cut as well is waited for until the disk has it.
 */
export async function openSqlite(path: string, pollMs: number): Promise<StateDatabase> {
  const file = resolve(path);
  const opened = await explained(file, async () => {
    ensureStoreFile(file);
    return await openConnections(file);
  });
  const writer = new Kysely<StateTables>({ dialect: new SqliteDialect(opened.writer) });
  const reader = new Kysely<StateTables>({ dialect: new SqliteDialect(opened.reader) });
  return {
    kind: "sqlite",
    locksRows: false,
    migrate: () => explained(file, () => migrate(writer, file)),
    read: (work) => explained(file, () => work(reader)),
    statement: (work) => explained(file, () => work(writer)),
    write: (work) => explained(file, () => writer.transaction().execute(work)),
    writeToLast: (work) => explained(file, () => toLast(writer, opened.writer, work)),
    announce: () => {},
    watch: (onNews) => watch(opened.writer, pollMs, onNews),
    describe: () => describe(file),
    close: async () => {
      await reader.destroy();
      await writer.destroy();
      if (opened.reader.open) opened.reader.close();
      if (opened.writer.open) opened.writer.close();
    },
  };
}

const TYPES: ColumnTypes = { key: sql`text`, bytes: sql`blob`, clustered: sql`without rowid` };
const OPTIONS = { fileMustExist: true, timeout: 0 } as const;

interface Connections {
  readonly writer: SqliteDatabase;
  readonly reader: SqliteDatabase;
}

async function openConnections(file: string): Promise<Connections> {
  const writer = openDatabase(file, OPTIONS);
  try {
    await whileBusy(() => writer.pragma("journal_mode = WAL"));
    writer.pragma("synchronous = NORMAL");
    const version = await whileBusy(() => Number(writer.pragma("user_version", { simple: true })));
    if (version > SCHEMA_VERSION) throw newerStore(file, version);
    const reader = openDatabase(file, OPTIONS);
    reader.pragma("query_only = ON");
    return { writer, reader };
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** The write lock of the transaction keeps a second migrating process out; a store that is up to date is not even locked. */
async function migrate(writer: Kysely<StateTables>, file: string): Promise<void> {
  const { rows } = await sql<{ readonly user_version: number }>`pragma user_version`.execute(writer);
  if (rows[0]?.user_version === SCHEMA_VERSION) return;
  await writer.transaction().execute(async (tx) => {
    await applyMigrations(tx, TYPES, file);
    await sql`pragma user_version = ${sql.raw(String(SCHEMA_VERSION))}`.execute(tx);
  });
}

/** The connection is held, because the setting counts from the next transaction on and must be nobody else's. */
async function toLast<Result>(
  writer: Kysely<StateTables>,
  connection: SqliteDatabase,
  work: (tx: Transaction<StateTables>) => Promise<Result>,
): Promise<Result> {
  return await writer.connection().execute(async (held) => {
    connection.pragma("synchronous = FULL");
    try {
      return await held.transaction().execute(work);
    } finally {
      connection.pragma("synchronous = NORMAL");
    }
  });
}

async function explained<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw sqliteStateError(error, file) ?? error;
  }
}

function watch(database: SqliteDatabase, pollMs: number, onNews: (topic: null) => void): () => void {
  let version = dataVersion(database);
  // Somebody waits for the news, so this timer keeps the process alive: it may be all that does.
  const timer = setInterval(() => {
    const now = dataVersion(database);
    if (now === version && now !== null) return;
    version = now;
    onNews(null);
  }, pollMs);
  return () => clearInterval(timer);
}

/** Changes when another connection committed; null when it cannot be told right now. */
function dataVersion(database: SqliteDatabase): unknown {
  if (!database.open) return null;
  try {
    return database.pragma("data_version", { simple: true });
  } catch {
    // A locked or failing database is looked at again with the next tick; whoever reads gets the error itself.
    return null;
  }
}

function describe(file: string): readonly StoreFile[] {
  const paths = [file, `${file}-wal`, `${file}-shm`].filter(
    (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  );
  return paths.map((path) => ({ path, kind: "sqlite", role: "state" }));
}
