import type pg from "pg";

/** Runs statements in one read-only transaction that is always undone. */
export type PostgresRead = <Row extends pg.QueryResultRow>(
  sql: string,
  values?: readonly unknown[],
) => Promise<readonly Row[]>;

/** Begins a read-only transaction in which texts come in one form, whatever the server's settings are. */
export async function inReadOnly<Result>(
  client: pg.Client,
  timeoutMs: number,
  work: (read: PostgresRead) => Promise<Result>,
): Promise<Result> {
  await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    await client.query(
      `SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL lock_timeout = 2000;
       SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'iso_8601';
       SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL search_path = pg_catalog`,
    );
    return await work(async (sql, values = []) => (await client.query(sql, [...values])).rows);
  } finally {
    await client.query("ROLLBACK").catch(() => undefined);
  }
}
