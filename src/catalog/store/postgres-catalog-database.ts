import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { parsePostgresUrl } from "../../state/postgres/postgres-address.ts";
import { isTransactionConflict, postgresStateError } from "../../state/postgres/postgres-errors.ts";
import type { CatalogDatabase } from "./catalog-database.ts";
import { migrateCatalog } from "./catalog-migrations.ts";
import type { CatalogTables } from "./catalog-tables.ts";

/** Opens a Postgres database for catalogs. Nothing is connected before the first query. */
export function openPostgresCatalogDatabase(url: string): CatalogDatabase {
  const address = parsePostgresUrl(url, "catalog");
  const pool = new pg.Pool({ ...address.config, max: POOL_SIZE, idle_in_transaction_session_timeout: IDLE_MS });
  // A broken connection fails its query and is replaced by the pool; without listeners it would also end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<CatalogTables>({ dialect: new PostgresDialect({ pool }) });
  const explained = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw postgresStateError(error, address.label, "catalog") ?? error;
    }
  };
  return {
    label: address.label,
    read: (work) => explained(() => work(db)),
    write: (work) => explained(() => again(() => db.transaction().execute(work))),
    hasTables: () => explained(() => hasTables(db)),
    migrate: () => explained(() => migrate(db, address)),
    close: async () => {
      await db.destroy();
      if (!pool.ending) await pool.end();
    },
  };
}

const POOL_SIZE = 5;
/** A process that was stopped inside a transaction must not hold its locks for ever. */
const IDLE_MS = 60_000;
const ATTEMPTS = 5;
/** Any fixed number that nobody else uses for an advisory lock: "BRDC". */
const MIGRATION_LOCK = 0x42524443;

async function hasTables(db: Kysely<CatalogTables>): Promise<boolean> {
  const { rows } = await sql`select 1 where to_regclass('catalog_migrations') is not null`.execute(db);
  return rows.length > 0;
}

async function migrate(
  db: Kysely<CatalogTables>,
  { schema, label }: { readonly schema: string | null; readonly label: string },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.raw(String(MIGRATION_LOCK))})`.execute(tx);
    if (schema !== null) {
      // Looked up first: "if not exists" needs the right to create even when nothing is to do.
      const found = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(tx);
      if (found.rows.length === 0) await tx.schema.createSchema(schema).execute();
    }
    await migrateCatalog(tx, { key: sql`text collate "C"` }, label);
  });
}

/** A deadlock or a serialization failure undid the whole transaction, so it may simply run again. */
async function again<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (!isTransactionConflict(error) || attempt === ATTEMPTS) throw error;
    }
  }
}
