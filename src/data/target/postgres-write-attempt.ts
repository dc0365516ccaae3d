import type pg from "pg";
import { errorCode } from "../../lib/error-code.ts";
import { QUERY_LOCK_TIMEOUT_MS } from "../../protocol/limits/query.ts";
import type { TargetLocation } from "../data-environment.ts";
import { isConnectionError, postgresRefusal } from "./postgres-errors.ts";
import type { WriteAttempt } from "./write-attempt.ts";

type Use = (work: (client: pg.Client) => Promise<WriteAttempt>) => Promise<WriteAttempt>;

/**
 * Tries to write twice: in a read-only transaction, as queries are run, and with all that the login may do. Both are rolled back
 * whatever comes of them, and neither can touch a row.
 */
export async function attemptPostgresWrites(
  { schema }: Extract<TargetLocation, { kind: "postgres" }>,
  use: Use,
): Promise<readonly WriteAttempt[]> {
  const create = `CREATE TABLE ${quoted(schema)}."bridle_write_attempt" (tried integer)`;
  const asQuery = await attempt(use, { as: "query", mode: "READ ONLY", statement: () => Promise.resolve(create) });
  const asLogin = await attempt(use, {
    as: "login",
    mode: "READ WRITE",
    statement: async (client) => (await deleteNothing(client)) ?? create,
  });
  return [asQuery, asLogin];
}

interface Trial {
  readonly as: WriteAttempt["as"];
  readonly mode: "READ ONLY" | "READ WRITE";
  readonly statement: (client: pg.Client) => Promise<string>;
}

async function attempt(use: Use, { as, mode, statement }: Trial): Promise<WriteAttempt> {
  try {
    return await use(async (client) => {
      const tried = { as, statement: "" };
      try {
        await client.query(`BEGIN TRANSACTION ${mode}; SET LOCAL lock_timeout = ${QUERY_LOCK_TIMEOUT_MS}`);
        tried.statement = await statement(client);
        await client.query(tried.statement);
        return { ...tried, outcome: "went_through", text: "" } as const;
      } catch (error) {
        if (isConnectionError(error)) throw error;
        return { ...tried, outcome: isRefusal(error) ? "refused" : "unavailable", text: textOf(error) } as const;
      } finally {
        await client.query("ROLLBACK");
      }
    });
  } catch (error) {
    return { as, statement: "", outcome: "unavailable", text: textOf(error) };
  }
}

/** A delete of no row from a table that the login may delete from, chosen without triggers so that nothing of the customer's runs. */
async function deleteNothing(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query(DELETABLE);
  // The question gives one column of text.
  const [row] = rows as readonly { readonly name: string }[];
  return row === undefined ? null : `DELETE FROM ${row.name} WHERE false`;
}

const DELETABLE = `
SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS name
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND NOT c.relhasrules
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
  AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'DELETE')
ORDER BY 1 LIMIT 1`;

/** A transaction that may not write, rights that are missing, or a server that only follows another one. */
function isRefusal(error: unknown): boolean {
  const code = errorCode(error);
  return code === "25006" || code === "42501";
}

function textOf(error: unknown): string {
  return postgresRefusal(error, QUERY_LOCK_TIMEOUT_MS).error;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
