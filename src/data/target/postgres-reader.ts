import type pg from "pg";
import { QUERY_LOCK_TIMEOUT_MS, QUERY_SNAPSHOT_MS } from "../../protocol/limits/query.ts";
import type { TargetLocation } from "../data-environment.ts";
import type { QueryOutcome, QueryRefusal } from "../port.ts";
import { judgePostgresNames, type PostgresRules, viewsOf } from "./judge-postgres.ts";
import { judgeText } from "./judge-text.ts";
import { postgresAccess } from "./postgres-access.ts";
import { type PostgresCatalog, readPostgresCatalog } from "./postgres-catalog.ts";
import { PostgresConnection } from "./postgres-connection.ts";
import { readCursor } from "./postgres-cursor.ts";
import { isConnectionError, postgresRefusal } from "./postgres-errors.ts";
import { attemptPostgresWrites } from "./postgres-write-attempt.ts";
import { readPostgresNames } from "./postgres-syntax.ts";
import type { BoundedQuery } from "./query-process-protocol.ts";
import { refusal } from "./refusal.ts";
import type { TargetAccess } from "./target-access.ts";
import type { WriteAttempt } from "./write-attempt.ts";

/**
 * Reads one Postgres database: each query in a read-only transaction that is always rolled back, behind a cursor, which the
 * server's grammar grants to a SELECT only, after every name in it was held against the server's own catalog.
 */
export class PostgresReader {
  readonly #location: PostgresLocation;
  readonly #functions: readonly string[];
  readonly #connection: PostgresConnection;
  #catalog: PostgresCatalog | undefined;

  constructor(location: PostgresLocation, functions: readonly string[]) {
    this.#location = location;
    this.#functions = functions;
    this.#connection = new PostgresConnection(location.url);
  }

  async query(query: BoundedQuery): Promise<QueryOutcome> {
    const judged = judgeText(query.sql, "postgres");
    if ("refused" in judged) return judged.refused;
    const names = await readPostgresNames(query.sql);
    if ("error" in names) return names;
    return await this.#inTransaction(query.timeMs, async (client) => {
      const rules = { catalog: await this.#knownCatalog(client), schema: this.#location.schema };
      const refused = judgePostgresNames(names, rules) ?? (await judgeViews(client, viewsOf(names, rules), rules));
      return refused ?? (await readCursor(client, query, this.#connection));
    });
  }

  async access(): Promise<TargetAccess> {
    return await postgresAccess(this.#location, (work) => this.#connection.use(work));
  }

  async attemptWrites(): Promise<readonly WriteAttempt[]> {
    return await attemptPostgresWrites(this.#location, (work) => this.#connection.use(work));
  }

  async #inTransaction(timeMs: number, work: (client: pg.Client) => Promise<QueryOutcome>): Promise<QueryOutcome> {
    try {
      return await this.#connection.use(async (client) => {
        await client.query(begin(this.#location.schema, timeMs));
        const missing = await this.#missingSchema(client);
        const outcome = missing ?? (await work(client));
        // The rows are whole already; a connection that cannot roll back is not used again, and its server rolls back.
        await client
          .query("ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()")
          .catch(() => this.#connection.break());
        return outcome;
      });
    } catch (error) {
      if (isConnectionError(error)) this.#catalog = undefined;
      return postgresRefusal(error, timeMs);
    }
  }

  async #missingSchema(client: pg.Client): Promise<QueryRefusal | null> {
    if (this.#catalog !== undefined) return null;
    const { schema } = this.#location;
    const { rows } = await client.query(
      "SELECT pg_catalog.has_schema_privilege(oid, 'USAGE') AS usable FROM pg_catalog.pg_namespace WHERE nspname = $1",
      [schema],
    );
    const [row] = rows as readonly { readonly usable: unknown }[];
    if (row !== undefined && String(row.usable).startsWith("t")) return null;
    const problem = row === undefined ? "does not exist" : "may not be used by this login";
    return refusal(
      "unavailable",
      `the schema ${JSON.stringify(schema)} of the target database ${problem}`,
      row === undefined ? "Correct target_database.schema." : "Grant USAGE on the schema to the login.",
    );
  }

  async #knownCatalog(client: pg.Client): Promise<PostgresCatalog> {
    if (this.#catalog === undefined || Date.now() - this.#catalog.takenAt > QUERY_SNAPSHOT_MS)
      this.#catalog = await readPostgresCatalog(client, this.#functions);
    return this.#catalog;
  }
}

type PostgresLocation = Extract<TargetLocation, { kind: "postgres" }>;

function begin(schema: string, timeMs: number): string {
  return [
    "BEGIN TRANSACTION READ ONLY",
    "SET LOCAL standard_conforming_strings = on",
    `SET LOCAL statement_timeout = ${timeMs}`,
    `SET LOCAL lock_timeout = ${Math.min(timeMs, QUERY_LOCK_TIMEOUT_MS)}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${timeMs + IDLE_SLACK_MS}`,
    "SET LOCAL cursor_tuple_fraction = 1",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'iso_8601'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    `SET LOCAL search_path = "${schema.replaceAll('"', '""')}"`,
  ].join("; ");
}

/** A process that is stopped for a moment must not lose its transaction. */
const IDLE_SLACK_MS = 5_000;
/** Views on views. */
const VIEW_DEPTH = 32;

/** A view runs its definition with the reader's rights, so its names are judged as the query's own. */
async function judgeViews(
  client: pg.Client,
  oids: readonly number[],
  rules: PostgresRules,
): Promise<QueryRefusal | null> {
  const seen = new Set<number>();
  let open = [...oids];
  for (let depth = 0; open.length > 0; depth++) {
    if (depth > VIEW_DEPTH) return refusal("not_allowed", "the views of the query are nested too deeply");
    const next: number[] = [];
    for (const oid of open.filter((id) => !seen.has(id))) {
      seen.add(oid);
      const { rows } = await client.query("SELECT pg_catalog.pg_get_viewdef($1::oid) AS definition", [oid]);
      const [row] = rows as readonly { readonly definition: string | null }[];
      const names = await readPostgresNames(row?.definition ?? "");
      if ("error" in names) return names;
      const refused = judgePostgresNames(names, rules);
      if (refused !== null) return { ...refused, error: `a view of the query: ${refused.error}` };
      next.push(...viewsOf(names, rules));
    }
    open = next;
  }
  return null;
}
