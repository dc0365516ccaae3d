import type { ClientBase } from "pg";

/** What the server's own catalog says about names that a query may use. */
export interface PostgresCatalog {
  readonly takenAt: number;
  /** Functions of the server that only compute or read what the login may read. */
  readonly builtins: ReadonlySet<string>;
  /** `schema.name` of every other function. */
  readonly functions: ReadonlySet<string>;
  /** Those of them that may be called: of trusted extensions, or named by whoever opened the database. */
  readonly openFunctions: ReadonlySet<string>;
  /** Every function's name that may not be called unqualified, whatever its schema. */
  readonly forbiddenNames: ReadonlySet<string>;
  /** Those of them that take one argument, which attribute notation calls too; `current_setting` among them, whose argument it hides. */
  readonly attributeNames: ReadonlySet<string>;
  /** Columns of tables that are called like a forbidden function. */
  readonly columns: ReadonlySet<string>;
  /** Names of operators and types whose code is not the server's. */
  readonly forbiddenOperators: ReadonlySet<string>;
  readonly forbiddenTypes: ReadonlySet<string>;
  /** `schema.name` of a view to its definition, as far as they were looked up. */
  readonly views: ReadonlyMap<string, number>;
  /** Those that reach abroad, by themselves or by a partition. */
  readonly foreignTables: ReadonlySet<string>;
}

/** Reads the catalog through the login itself, inside its read-only transaction. */
export async function readPostgresCatalog(client: ClientBase, allowed: readonly string[]): Promise<PostgresCatalog> {
  const names = async (sql: string, values: readonly unknown[] = []): Promise<readonly string[]> => {
    const { rows } = await client.query<unknown[]>({ text: sql, values: [...values], rowMode: "array" });
    return rows.map(([name]) => String(name));
  };
  const functions = await names(`${OWN_FUNCTIONS}`);
  const openFunctions = new Set([...(await names(EXTENSION_FUNCTIONS, [TRUSTED_EXTENSIONS])), ...allowed]);
  const forbiddenTypes = new Set(await names(TYPES, [allowed]));
  const harmful = [...STABLE_BUT_HARMFUL, ...(forbiddenTypes.size > 0 ? FILLS_A_ROW : [])];
  const builtins = new Set(await names(BUILTINS, [[...VOLATILE_BUT_HARMLESS], harmful]));
  const every = await names(
    "SELECT DISTINCT proname FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace",
  );
  const forbiddenNames = new Set([
    ...every.filter((name) => !builtins.has(name)),
    ...functions.filter((name) => !openFunctions.has(name)).map((name) => name.slice(name.indexOf(".") + 1)),
  ]);
  const ofOneArgument = new Set(await names(OF_ONE_ARGUMENT));
  const attributeNames = new Set([...forbiddenNames, "current_setting"].filter((name) => ofOneArgument.has(name)));
  const views = await client.query<unknown[]>({ text: VIEWS, rowMode: "array" });
  return {
    takenAt: Date.now(),
    builtins,
    functions: new Set(functions),
    openFunctions,
    forbiddenNames,
    attributeNames,
    columns: new Set(await names(COLUMNS, [[...attributeNames]])),
    forbiddenOperators: new Set(await names(OPERATORS, [allowed])),
    forbiddenTypes,
    views: new Map(views.rows.map(([name, oid]) => [String(name), Number(oid)])),
    foreignTables: new Set(await names(FOREIGN_TABLES)),
  };
}

/** Extensions whose functions compute values; the volatile ones among them stay forbidden. */
const TRUSTED_EXTENSIONS: readonly string[] = [
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "earthdistance",
  "fuzzystrmatch",
  "hstore",
  "intarray",
  "isn",
  "ltree",
  "pg_trgm",
  "pgcrypto",
  "postgis",
  "seg",
  "unaccent",
  "uuid-ossp",
  "vector",
];
const VOLATILE_BUT_HARMLESS: readonly string[] = [
  "array_sample",
  "array_shuffle",
  "clock_timestamp",
  "gen_random_uuid",
  "pg_database_size",
  "pg_indexes_size",
  "pg_relation_size",
  "pg_table_size",
  "pg_total_relation_size",
  "random",
  "random_normal",
  "timeofday",
  "uuidv4",
  "uuidv7",
];
/** They run SQL or a type's input given as text, take a transaction number, or show the server's settings and other sessions. */
const STABLE_BUT_HARMFUL: readonly string[] = [
  "cursor_to_xml",
  "cursor_to_xmlschema",
  "database_to_xml",
  "database_to_xml_and_xmlschema",
  "database_to_xmlschema",
  "pg_config",
  "pg_current_logfile",
  "pg_current_xact_id",
  "pg_get_publication_tables",
  "pg_input_error_info",
  "pg_input_is_valid",
  "pg_options_to_table",
  "pg_show_all_file_settings",
  "pg_show_all_settings",
  "pg_stat_get_activity",
  "pg_stat_get_wal_senders",
  "pg_stat_get_backend_activity",
  "query_to_xml",
  "query_to_xml_and_xmlschema",
  "query_to_xmlschema",
  "schema_to_xml",
  "schema_to_xml_and_xmlschema",
  "schema_to_xmlschema",
  "table_to_xml",
  "table_to_xml_and_xmlschema",
  "table_to_xmlschema",
  "ts_rewrite",
  "ts_stat",
  "txid_current",
];
/** They read each column of a row by its type, which no name in the query tells. */
const FILLS_A_ROW: readonly string[] = [
  "json_populate_record",
  "json_populate_recordset",
  "jsonb_populate_record",
  "jsonb_populate_record_valid",
  "jsonb_populate_recordset",
];

const SYSTEM = "('pg_catalog', 'information_schema', 'pg_toast')";
/** A name is open only when every function of that name is. What takes a cstring reads a type's text, some of them of any type. */
const BUILTINS = `SELECT proname FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
  GROUP BY proname HAVING (proname = ANY($1) OR NOT bool_or(provolatile = 'v')) AND proname <> ALL($2)
  AND NOT bool_or('pg_catalog.cstring'::regtype = ANY(proargtypes::oid[]))`;
const OWN_FUNCTIONS = `SELECT DISTINCT n.nspname || '.' || p.proname FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname <> 'pg_catalog'`;
const OF_TRUSTED = (table: string, object: string): string => `EXISTS (SELECT FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
  WHERE d.classid = '${table}'::regclass AND d.objid = ${object}.oid AND d.deptype = 'e' AND e.extname = ANY($1))`;
const EXTENSION_FUNCTIONS = `SELECT n.nspname || '.' || p.proname FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname <> 'pg_catalog'
  GROUP BY 1 HAVING bool_and(p.provolatile <> 'v' AND ${OF_TRUSTED("pg_proc", "p")})`;
const COLUMNS = `SELECT DISTINCT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ${SYSTEM} AND c.relkind IN ('r', 'v', 'm', 'p') AND a.attnum > 0 AND a.attname = ANY($1)`;
const OF_ONE_ARGUMENT = `SELECT DISTINCT proname FROM pg_catalog.pg_proc
  WHERE (pronargs >= 1 AND pronargs - pronargdefaults <= 1) OR provariadic <> 0`;
/**
 * Code that an operator, a type or a cast may run: the server's, what any extension brings for it and calls free of effects,
 * and what whoever opened the database named. Without the extensions one type with a "=" of its own would cost all queries theirs.
 */
const MAY_RUN = (code: string): string => `(${code} = 0 OR EXISTS (SELECT FROM pg_catalog.pg_proc f
  JOIN pg_catalog.pg_namespace s ON s.oid = f.pronamespace WHERE f.oid = ${code} AND (s.nspname = 'pg_catalog'
  OR s.nspname || '.' || f.proname = ANY($1) OR (f.provolatile <> 'v' AND EXISTS (SELECT FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')))))`;
const OPERATORS = `SELECT DISTINCT o.oprname FROM pg_catalog.pg_operator o
  WHERE o.oprnamespace <> 'pg_catalog'::regnamespace AND NOT ${MAY_RUN("o.oprcode")}`;
/**
 * Types whose input, casts or checks run other code, and every type that is made of one. The server notes what a check calls,
 * functions of its own excepted.
 */
const TYPES = `WITH RECURSIVE bad(oid) AS (
  SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typtype = 'b' AND t.typelem = 0
    AND t.typnamespace <> 'pg_catalog'::regnamespace AND NOT ${MAY_RUN("t.typinput")}
  UNION SELECT unnest(ARRAY[k.castsource, k.casttarget]) FROM pg_catalog.pg_cast k WHERE NOT ${MAY_RUN("k.castfunc")}
  UNION SELECT c.contypid FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_constraint'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_proc'::regclass
    WHERE c.contypid <> 0 AND NOT ${MAY_RUN("d.refobjid")}
  UNION SELECT t.oid FROM bad JOIN pg_catalog.pg_type t ON t.typnamespace <> 'pg_catalog'::regnamespace
    AND (t.typbasetype = bad.oid OR t.typelem = bad.oid
      OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.atttypid = bad.oid AND a.attnum > 0)))
  SELECT DISTINCT t.typname FROM bad JOIN pg_catalog.pg_type t ON t.oid = bad.oid`;
const VIEWS = `SELECT n.nspname || '.' || c.relname, c.oid FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname NOT IN ${SYSTEM}`;
/** Foreign tables, and every table that reads one as its partition or child. */
const FOREIGN_TABLES = `WITH RECURSIVE abroad(oid) AS (SELECT oid FROM pg_catalog.pg_class WHERE relkind = 'f'
  UNION SELECT i.inhparent FROM abroad JOIN pg_catalog.pg_inherits i ON i.inhrelid = abroad.oid)
  SELECT n.nspname || '.' || c.relname FROM abroad JOIN pg_catalog.pg_class c ON c.oid = abroad.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;
