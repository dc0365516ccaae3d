import pg from "pg";
import { PROFILE_STATEMENT_TIMEOUT_MS } from "../../../protocol/limits/profile.ts";
import { quoteName } from "../quote-name.ts";
import type { ProfileReader, ReferenceFinding, ReferenceTest } from "../reading.ts";
import { describePostgres } from "./describe-postgres.ts";
import { inReadOnly, type PostgresRead } from "./postgres-session.ts";
import { readPostgres } from "./read-postgres.ts";
import { qualifiedName } from "./view-bases.ts";

/** Reads a Postgres database for its profile through one connection, each piece of work in a read-only transaction. */
export async function openPostgresReader(url: string): Promise<ProfileReader> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: "bridle profile",
    options: "-c default_transaction_read_only=on",
  });
  client.on("error", () => undefined);
  await client.connect();
  // A server whose client is gone stops working for it; servers before 14 do not know how.
  await client.query("SET client_connection_check_interval = 1000").catch(() => undefined);
  const within = <Result>(work: (read: PostgresRead) => Promise<Result>): Promise<Result> =>
    inReadOnly(client, PROFILE_STATEMENT_TIMEOUT_MS, work);
  return {
    describe: (schema) => within((read) => describePostgres(read, schema)),
    read: (table, how) => within((read) => readPostgres(read, table, how)),
    testReference: (test) => within((read) => testReference(read, test)),
    close: () => client.end(),
  };
}

const CONNECT_TIMEOUT_MS = 10_000;

/** The first different values of a column, looked up in the other. */
async function testReference(read: PostgresRead, { from, to, rows }: ReferenceTest): Promise<ReferenceFinding> {
  const [source, target] = [quoteName(from.column), quoteName(to.column)];
  const [here, there] = [qualifiedName(from.schema, from.table), qualifiedName(to.schema, to.table)];
  const [found] = await read<{ sampled: number; contained: number }>(
    `SELECT count(*)::int AS sampled, count(*) FILTER (WHERE EXISTS
       (SELECT 1 FROM ${there} AS t WHERE t.${target} = s.v))::int AS contained
     FROM (SELECT DISTINCT v FROM (SELECT ${source} AS v FROM ${here} WHERE ${source} IS NOT NULL LIMIT ${rows}) AS f) AS s`,
  );
  const [unique] = await read<{ unique: boolean }>(
    `SELECT count(*) = count(DISTINCT v) AS unique
     FROM (SELECT ${target} AS v FROM ${there} WHERE ${target} IS NOT NULL LIMIT ${rows}) AS f`,
  );
  return {
    sampled: found?.sampled ?? 0,
    contained: found?.contained ?? 0,
    isTargetUnique: unique?.unique ?? false,
  };
}
