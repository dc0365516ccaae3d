import { closeSync, fchmodSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Kysely, PostgresDialect, type RawBuilder, type Transaction, sql } from "kysely";
import pg from "pg";
import { StateError } from "../../protocol/errors.ts";
import { parsePostgresUrl } from "../../state/postgres/postgres-address.ts";
import { postgresStateError } from "../../state/postgres/postgres-errors.ts";
import { SqliteDialect, whileBusy } from "../../state/sqlite/sqlite-driver.ts";
import { sqliteStateError } from "../../state/sqlite/sqlite-errors.ts";
import { openDatabase } from "../../sqlite/open-database.ts";
import type { KeyValueSource } from "./port.ts";

/** The table of a key-value store; its name leaves room for others in the same file or schema. */
export interface KeyValueTables {
  readonly bridle_kv: { readonly namespace: string; readonly key: string; readonly value: string };
}

/** A database that holds a key-value store; what differs between SQLite and Postgres is behind it. */
export interface KeyValueDatabase {
  /** The file or address for people, without a password. */
  readonly label: string;
  read<Result>(work: (db: Kysely<KeyValueTables>) => Promise<Result>): Promise<Result>;
  write<Result>(work: (tx: Transaction<KeyValueTables>) => Promise<Result>): Promise<Result>;
  hasTable(): Promise<boolean>;
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database of a key-value store; a missing SQLite file is created when `ensureSchema`. */
export async function openKeyValueDatabase(source: KeyValueSource): Promise<KeyValueDatabase> {
  return source.kind === "postgres" ? openPostgres(source.url) : await openSqlite(source);
}

/** What a failure of the database means for the operator, or null when it is a defect of ours. */
type Explain = (error: unknown) => StateError | null;

async function openSqlite({ url, ensureSchema }: KeyValueSource): Promise<KeyValueDatabase> {
  const file = resolve(url.replace(/^sqlite:/, "").replace(/^\/\/(?=\/)/, ""));
  const explain: Explain = (error) => sqliteStateError(error, file, "key-value store");
  const connection = await explained(explain, async () => {
    if (statSync(file, { throwIfNoEntry: false }) === undefined) createFile(file, ensureSchema);
    const opened = openDatabase(file, { fileMustExist: true, timeout: 0 });
    await whileBusy(() => opened.pragma("journal_mode = WAL"));
    return opened;
  });
  const db = new Kysely<KeyValueTables>({ dialect: new SqliteDialect(connection) });
  return {
    ...workOn(db, explain),
    label: file,
    hasTable: () => explained(explain, () => anyRow(db, sql`select 1 from sqlite_master where name = 'bridle_kv'`)),
    migrate: () => explained(explain, () => db.transaction().execute((tx) => createTable(tx, sql`text`))),
    close: async () => {
      await db.destroy();
      if (connection.open) connection.close();
    },
  };
}

/** SQLite gives -wal and -shm the mode of the database, so setting it here protects all three. */
function createFile(file: string, mayCreate: boolean): void {
  if (!mayCreate) {
    throw new StateError("KV_MISSING", `key-value store ${file} is not there, and kv.ensure_schema is false`, {
      hint: "set kv.ensure_schema to true once, or correct kv.url",
    });
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const created = openSync(file, "a", 0o600);
  fchmodSync(created, 0o600);
  closeSync(created);
}

function openPostgres(url: string): KeyValueDatabase {
  const address = parsePostgresUrl(url, "key-value store");
  const pool = new pg.Pool({ ...address.config, max: POOL_SIZE });
  // A broken connection fails its query and is replaced by the pool; without listeners it would also end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<KeyValueTables>({ dialect: new PostgresDialect({ pool }) });
  const explain: Explain = (error) => postgresStateError(error, address.label, "key-value store");
  return {
    ...workOn(db, explain),
    label: address.label,
    hasTable: () => explained(explain, () => anyRow(db, sql`select 1 where to_regclass('bridle_kv') is not null`)),
    migrate: () => explained(explain, () => migratePostgres(db, address.schema)),
    close: async () => {
      await db.destroy();
      if (!pool.ending) await pool.end();
    },
  };
}

const POOL_SIZE = 4;
/** Any fixed number that nobody else uses for an advisory lock: "BRDK". */
const MIGRATION_LOCK = 0x4252444b;

async function migratePostgres(db: Kysely<KeyValueTables>, schema: string | null): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.raw(String(MIGRATION_LOCK))})`.execute(tx);
    if (schema !== null && !(await anyRow(tx, sql`select 1 from pg_namespace where nspname = ${schema}`)))
      await tx.schema.createSchema(schema).execute();
    await createTable(tx, sql`text collate "C"`);
  });
}

async function createTable(db: Kysely<KeyValueTables>, keyType: RawBuilder<unknown>): Promise<void> {
  await db.schema
    .createTable("bridle_kv")
    .ifNotExists()
    .addColumn("namespace", keyType, (column) => column.notNull())
    .addColumn("key", keyType, (column) => column.notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("bridle_kv_pk", ["namespace", "key"])
    .execute();
}

async function anyRow(db: Kysely<KeyValueTables>, query: RawBuilder<unknown>): Promise<boolean> {
  return (await query.execute(db)).rows.length > 0;
}

function workOn(db: Kysely<KeyValueTables>, explain: Explain): Pick<KeyValueDatabase, "read" | "write"> {
  return {
    read: (work) => explained(explain, () => work(db)),
    write: (work) => explained(explain, () => db.transaction().execute(work)),
  };
}

async function explained<Result>(explain: Explain, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw explain(error) ?? error;
  }
}
