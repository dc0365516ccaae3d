import pg from "pg";
import { InputError } from "../../protocol/errors.ts";

/** Where a Postgres store is. Only `config` holds the password. */
export interface PostgresAddress {
  readonly config: pg.ClientConfig;
  /** Null uses the search path of the user. */
  readonly schema: string | null;
  /** Host, port, database and schema, for people. */
  readonly label: string;
}

/** Reads a `postgres://` URL; its `schema` parameter names the schema that holds the tables, `what` the store's use. */
export function parsePostgresUrl(url: string, what = "state store"): PostgresAddress {
  const [base = "", query = ""] = url.split("?", 2);
  const parameters = new URLSearchParams(query);
  const schema = parameters.get("schema");
  parameters.delete("schema");
  if (schema !== null)
    parameters.set(
      "options",
      `${parameters.get("options") ?? ""} -c search_path=${checkedSchema(schema, what)}`.trim(),
    );
  const connectionString = parameters.size === 0 ? base : `${base}?${parameters.toString()}`;
  const config = {
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
  };
  return { config, schema, label: labelOf(config, { schema, what }) };
}

const CONNECT_TIMEOUT_MS = 10_000;
const INT8 = 20;

/** Sums of tokens fit in a number; the driver would give text. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === INT8 ? Number : pg.types.getTypeParser(oid, format);

function checkedSchema(schema: string, what: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) return schema;
  throw new InputError(
    "INPUT_INVALID",
    `schema ${JSON.stringify(schema)} of the ${what}: expected lower-case letters, digits and underscores, at most 63`,
  );
}

function labelOf(
  config: pg.ClientConfig,
  { schema, what }: { readonly schema: string | null; readonly what: string },
): string {
  try {
    const client = new pg.Client(config);
    return `${client.host}:${client.port}/${client.database ?? ""}${schema === null ? "" : `?schema=${schema}`}`;
  } catch {
    // The cause would carry the whole URL and its password.
    throw new InputError(
      "INPUT_INVALID",
      `the URL of the ${what} could not be read: expected postgres://user:password@host:port/database`,
      {
        hint: "percent-encode special characters in the user name and password",
      },
    );
  }
}
