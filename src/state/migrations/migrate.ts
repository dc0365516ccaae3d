import { type Kysely, type Transaction, sql } from "kysely";
import { StateError } from "../../protocol/errors.ts";
import { initial } from "./001-initial.ts";
import { plans } from "./002-plans.ts";
import { dispatch } from "./003-dispatch.ts";
import { requester } from "./004-requester.ts";
import { starts } from "./005-starts.ts";
import { askers } from "./006-askers.ts";
import type { ColumnTypes, Migration } from "./migration.ts";
import type { StateTables } from "../schema.ts";

/** Every migration in order. A published one never changes. */
const MIGRATIONS: readonly Migration[] = [initial, plans, dispatch, requester, starts, askers];

/** The schema this build writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Applies what is missing. The caller gives a transaction that no other migrating process can be in at the same time, so a
 * second opener finds the work done. Fails with STORE_NEWER when the store was written by a later version.
 */
export async function applyMigrations(tx: Transaction<StateTables>, types: ColumnTypes, store: string): Promise<void> {
  const version = await currentVersion(tx);
  if (version > SCHEMA_VERSION) throw newerStore(store, version);
  for (const migration of MIGRATIONS.slice(version)) {
    await migration.up(tx, types);
    const row = { version: migration.version, name: migration.name, applied_at: new Date().toISOString() };
    await tx.insertInto("migrations").values(row).execute();
  }
}

/** The refusal to touch a store of a later version. */
export function newerStore(store: string, version: number): StateError {
  return new StateError(
    "STORE_NEWER",
    `state store ${store} has schema version ${version}, this version of bridle knows up to ${SCHEMA_VERSION}`,
    {
      hint: "update bridle to the version that last wrote this store, or point it to another store",
    },
  );
}

/** The version of a store that nobody is asked to change; null before the first migration. */
export async function readVersion(db: Kysely<StateTables>, kind: "sqlite" | "postgres"): Promise<number | null> {
  const question =
    kind === "postgres"
      ? sql<{ found: unknown }>`select to_regclass('migrations')::text as found`
      : sql<{ found: unknown }>`select max(name) as found from sqlite_master where name = 'migrations'`;
  const { rows } = await question.execute(db);
  return (rows[0]?.found ?? null) === null ? null : await newestVersion(db);
}

async function currentVersion(db: Kysely<StateTables>): Promise<number> {
  await db.schema
    .createTable("migrations")
    .ifNotExists()
    .addColumn("version", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("applied_at", "text", (column) => column.notNull())
    .execute();
  return (await newestVersion(db)) ?? 0;
}

async function newestVersion(db: Kysely<StateTables>): Promise<number | null> {
  const row = await db
    .selectFrom("migrations")
    .select((query) => query.fn.max("version").as("version"))
    .executeTakeFirst();
  return row?.version ?? null;
}
