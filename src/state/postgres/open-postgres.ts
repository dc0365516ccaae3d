import { Kysely, PostgresDialect, type Transaction, sql } from "kysely";
import pg from "pg";
import type { StateDatabase } from "../database.ts";
import { applyMigrations } from "../migrations/migrate.ts";
import type { ColumnTypes } from "../migrations/migration.ts";
import type { StateTables } from "../schema.ts";
import { type PostgresAddress, parsePostgresUrl } from "./postgres-address.ts";
import { isTransactionConflict, postgresStateError } from "./postgres-errors.ts";
import { PostgresNews } from "./postgres-news.ts";

/** Opens a Postgres state store. Nothing is connected before the first query. */
export function openPostgres(url: string, pollMs: number): StateDatabase {
  const address = parsePostgresUrl(url);
  const pool = new pg.Pool({
    ...address.config,
    max: POOL_SIZE,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  // A broken connection fails its query and is replaced by the pool; without listeners it would also end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<StateTables>({ dialect: new PostgresDialect({ pool }) });
  const news = new PostgresNews(pool, address.config, { schema: address.schema, pollMs });
  return {
    kind: "postgres",
    locksRows: true,
    migrate: () => explained(address, () => migrate(db, address)),
    read: (work) => explained(address, () => work(db)),
    statement: (work) => explained(address, () => work(db)),
    write: (work) => explained(address, () => transaction(db, work)),
    // Postgres confirms no commit before it is on the disk, unless its operator chose otherwise.
    writeToLast: (work) => explained(address, () => transaction(db, work)),
    announce: (topic) => news.announce(topic),
    watch: (onNews) => news.watch(onNews),
    describe: () => [{ path: address.label, kind: "postgres", role: "state" }],
    close: async () => {
      await news.close();
      await db.destroy();
      if (!pool.ending) await pool.end();
    },
  };
}

const TYPES: ColumnTypes = { key: sql`text collate "C"`, bytes: sql`bytea`, clustered: sql`` };
const POOL_SIZE = 10;
/** A process that was stopped inside a transaction must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_MS = 60_000;
const TRANSACTION_ATTEMPTS = 5;
/** Any fixed number that nobody else uses for an advisory lock: "BRDL". */
const MIGRATION_LOCK = 0x4252444c;

async function migrate(db: Kysely<StateTables>, address: PostgresAddress): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.raw(String(MIGRATION_LOCK))})`.execute(tx);
    if (address.schema !== null) await ensureSchema(tx, address.schema);
    await applyMigrations(tx, TYPES, address.label);
  });
}

/** Looked up first, because creating with "if not exists" needs the right to create even when nothing is to do. */
async function ensureSchema(tx: Transaction<StateTables>, schema: string): Promise<void> {
  const found = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(tx);
  if (found.rows.length === 0) await tx.schema.createSchema(schema).execute();
}

async function transaction<Result>(
  db: Kysely<StateTables>,
  work: (tx: Transaction<StateTables>) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!isTransactionConflict(error) || attempt === TRANSACTION_ATTEMPTS) throw error;
    }
  }
}

async function explained<Result>(address: PostgresAddress, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw postgresStateError(error, address.label) ?? error;
  }
}
