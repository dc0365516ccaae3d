import type { ColumnDescription, IndexDescription } from "../description.ts";
import type { PostgresRead } from "./postgres-session.ts";

/** A row of pg_class with what belongs to it. */
export interface RelationRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** As pg_class has it; what reads a foreign table as its partition or child counts as one. */
  readonly kind: string;
  readonly reltuples: number;
  readonly bytes: string | null;
  readonly comment: string | null;
  readonly definition: string | null;
  readonly readable: boolean;
  readonly rls: boolean;
  readonly last_analyze: string | null;
  readonly changed: string | null;
}

/** Tables, views and the like of a schema, without the partitions of a partitioned table. */
export async function readRelations(read: PostgresRead, schema: string | null): Promise<readonly RelationRow[]> {
  return read(
    `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name,
       CASE WHEN EXISTS (WITH RECURSIVE below(oid) AS (SELECT inhrelid FROM pg_inherits WHERE inhparent = c.oid
           UNION SELECT i.inhrelid FROM below AS b JOIN pg_inherits AS i ON i.inhparent = b.oid)
         SELECT FROM below AS b JOIN pg_class AS f ON f.oid = b.oid WHERE f.relkind = 'f') THEN 'f' ELSE c.relkind END AS kind,
       CASE WHEN c.relkind = 'p' THEN (SELECT CASE WHEN min(l.reltuples) < 0 THEN -1 ELSE sum(l.reltuples) END
         FROM pg_partition_tree(c.oid) AS t JOIN pg_class AS l ON l.oid = t.relid WHERE t.isleaf)
         ELSE c.reltuples END::float8 AS reltuples,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid)
         WHEN c.relkind = 'p' THEN (SELECT sum(pg_total_relation_size(t.relid)) FROM pg_partition_tree(c.oid) AS t)
         END::text AS bytes,
       obj_description(c.oid, 'pg_class') AS comment,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition,
       has_schema_privilege(n.oid, 'USAGE') AND (has_table_privilege(c.oid, 'SELECT')) AS readable,
       c.relrowsecurity AND row_security_active(c.oid) AS rls,
       to_char(greatest(s.last_analyze, s.last_autoanalyze) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_analyze,
       s.n_mod_since_analyze::text AS changed
     FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     LEFT JOIN pg_stat_all_tables AS s ON s.relid = c.oid
     WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition
       AND CASE WHEN $1::text IS NULL THEN n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
         ELSE n.nspname = $1 END
     ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`,
    [schema],
  );
}

/** The schemas of the database besides the system's. */
export async function readSchemas(read: PostgresRead): Promise<readonly string[]> {
  const rows = await read<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
     ORDER BY nspname COLLATE "C" LIMIT 1000`,
  );
  return rows.map(({ name }) => name);
}

/** Columns by the table's oid. */
export async function readColumns(
  read: PostgresRead,
  oids: readonly string[],
): Promise<ReadonlyMap<string, readonly ColumnDescription[]>> {
  const rows = await read<{
    table: string;
    name: string;
    type: string;
    nullable: boolean;
    fallback: string | null;
    generated: boolean;
    comment: string | null;
    null_frac: number | null;
    n_distinct: number | null;
  }>(
    `SELECT a.attrelid::text AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS fallback, a.attgenerated <> '' AS generated,
       col_description(a.attrelid, a.attnum) AS comment, s.null_frac::float8, s.n_distinct::float8
     FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
     LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     LEFT JOIN pg_stats AS s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
       AND s.inherited = (c.relkind = 'p')
     WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`,
    [oids],
  );
  return grouped(rows, (row): ColumnDescription => ({
    name: row.name,
    dataType: row.type,
    isNullable: row.nullable,
    defaultValue: row.generated ? null : row.fallback,
    isGenerated: row.generated,
    comment: row.comment,
    statistics:
      row.null_frac === null || row.n_distinct === null
        ? null
        : { nullFraction: row.null_frac, distinct: row.n_distinct },
  }));
}

/** A primary or foreign key. */
export interface KeyRow {
  readonly table: string;
  readonly kind: string;
  readonly columns: readonly string[];
  readonly to_schema: string | null;
  readonly to_table: string | null;
  readonly to_columns: readonly string[] | null;
}

/** Declared keys, in the order of their names. */
export async function readKeys(read: PostgresRead, oids: readonly string[]): Promise<readonly KeyRow[]> {
  const names = (table: string, numbers: string): string =>
    `(SELECT array_agg(a.attname::text ORDER BY k.at) FROM unnest(${numbers}) WITH ORDINALITY AS k(n, at)
       JOIN pg_attribute AS a ON a.attrelid = ${table} AND a.attnum = k.n)`;
  return read(
    `SELECT c.conrelid::text AS table, c.contype AS kind, ${names("c.conrelid", "c.conkey")} AS columns,
       tn.nspname AS to_schema, t.relname AS to_table, ${names("c.confrelid", "c.confkey")} AS to_columns
     FROM pg_constraint AS c LEFT JOIN pg_class AS t ON t.oid = c.confrelid LEFT JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
     WHERE c.conrelid = ANY ($1::oid[]) AND c.contype IN ('p', 'f') AND c.conparentid = 0 ORDER BY c.conrelid, c.conname COLLATE "C"`,
    [oids],
  );
}

/** Valid indexes over plain columns and all rows. */
export async function readIndexes(
  read: PostgresRead,
  oids: readonly string[],
): Promise<ReadonlyMap<string, readonly IndexDescription[]>> {
  const rows = await read<{ table: string; name: string; unique: boolean; columns: readonly string[] }>(
    `SELECT i.indrelid::text AS table, c.relname AS name, i.indisunique AS unique,
       (SELECT array_agg(a.attname::text ORDER BY k.at) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(n, at)
         JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.n WHERE k.at <= i.indnkeyatts) AS columns
     FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
     WHERE i.indrelid = ANY ($1::oid[]) AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
     ORDER BY i.indrelid, c.relname COLLATE "C"`,
    [oids],
  );
  return grouped(rows, ({ name, unique, columns }): IndexDescription => ({ name, columns, isUnique: unique }));
}

/** Names of partitions by the partitioned table's oid. */
export async function readPartitions(
  read: PostgresRead,
  oids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await read<{ table: string; name: string }>(
    `SELECT i.inhparent::text AS table, c.relname AS name FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
     WHERE i.inhparent = ANY ($1::oid[]) AND c.relispartition ORDER BY c.relname COLLATE "C"`,
    [oids],
  );
  return grouped(rows, ({ name }) => name);
}

function grouped<Row extends { readonly table: string }, Item>(
  rows: readonly Row[],
  item: (row: Row) => Item,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const row of rows) groups.set(row.table, [...(groups.get(row.table) ?? []), item(row)]);
  return groups;
}
