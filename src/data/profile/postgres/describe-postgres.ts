import type {
  DatabaseDescription,
  ForeignKey,
  IndexDescription,
  RelationType,
  TableDescription,
} from "../description.ts";
import {
  readColumns,
  readIndexes,
  readKeys,
  readPartitions,
  readRelations,
  readSchemas,
  type RelationRow,
} from "./postgres-catalogs.ts";
import type { PostgresRead } from "./postgres-session.ts";
import { viewBasesOf } from "./view-bases.ts";

/** Reads pg_catalog and the statistics collector; no row of any table. Null looks at every schema but the system's. */
export async function describePostgres(read: PostgresRead, schema: string | null): Promise<DatabaseDescription> {
  const relations = await readRelations(read, schema);
  const oids = relations.map(({ oid }) => oid);
  const columns = await readColumns(read, oids);
  const keys = await readKeys(read, oids);
  const indexes = await readIndexes(read, oids);
  const partitions = await readPartitions(read, oids);
  const bases = await viewBasesOf(read, relations);
  const [server] = await read<{ version: string; bytes: string }>(
    "SELECT current_setting('server_version') AS version, pg_database_size(current_database())::text AS bytes",
  );
  const tables = relations.map((relation): TableDescription => {
    const own = keys.filter(({ table }) => table === relation.oid);
    const foreignKeys: readonly ForeignKey[] = own
      .filter(({ kind }) => kind === "f")
      .map((key) => ({
        columns: key.columns,
        toSchema: key.to_schema ?? "",
        toTable: key.to_table ?? "",
        toColumns: key.to_columns ?? [],
      }));
    return {
      schema: relation.schema,
      name: relation.name,
      relationType: RELATION_TYPES[relation.kind] ?? "base_table",
      columns: columns.get(relation.oid) ?? [],
      primaryKey: own.find(({ kind }) => kind === "p")?.columns ?? [],
      uniques: uniquesOf(indexes.get(relation.oid) ?? []),
      foreignKeys,
      indexes: indexes.get(relation.oid) ?? [],
      comment: relation.comment,
      viewSql: relation.definition,
      basis: bases.get(relation.oid) ?? [],
      partitions: partitions.get(relation.oid) ?? [],
      members: [],
      rows: rowsOf(relation),
      bytes: relation.bytes === null ? null : Number(relation.bytes),
      lastAnalyze: relation.last_analyze,
      rowid: null,
      isReadable: relation.readable,
      warnings: warningsOf(relation),
    };
  });
  // A schema with tables is there.
  const there = tables.length > 0 || schema === null ? null : await readSchemas(read);
  const isMissing = schema !== null && there !== null && !there.includes(schema) && !isSystemSchema(schema);
  const schemas = [...new Set(relations.map((relation) => relation.schema))].sort((a, b) => (a < b ? -1 : 1));
  return {
    engine: "postgres",
    serverVersion: server?.version ?? "unknown",
    bytes: server === undefined ? null : Number(server.bytes),
    schemas: schemas.length === 0 && schema !== null ? [schema] : schemas,
    ...(isMissing ? { missingSchema: { name: schema, there } } : {}),
    tables,
    cellNs: await measureCell(read),
    warnings: tables.length > 0 ? [] : [`${schema === null ? "the database" : schema} has no tables`],
  };
}

/** These can be looked at too, by name. */
function isSystemSchema(schema: string): boolean {
  return schema.startsWith("pg_") || schema === "information_schema";
}

const RELATION_TYPES: Readonly<Record<string, RelationType>> = {
  r: "base_table",
  v: "view",
  m: "materialized_view",
  f: "foreign",
  p: "partitioned",
};

function uniquesOf(indexes: readonly IndexDescription[]): readonly (readonly string[])[] {
  return indexes.filter(({ isUnique }) => isUnique).map(({ columns }) => columns);
}

function rowsOf(relation: RelationRow): TableDescription["rows"] {
  const isStored = relation.kind !== "v" && relation.kind !== "f";
  // Before the first analyze the number is -1, or 0 on servers older than 14.
  const isKnown = isStored && relation.reltuples >= 0 && (relation.last_analyze !== null || relation.reltuples > 0);
  if (!isKnown) return { value: null, method: "unknown", asOf: null, isStale: true };
  const changed = Number(relation.changed ?? 0);
  const isStale = relation.last_analyze === null || changed > Math.max(1_000, relation.reltuples * 0.1);
  return { value: Math.round(relation.reltuples), method: "reltuples", asOf: relation.last_analyze, isStale };
}

function warningsOf(relation: RelationRow): readonly string[] {
  return [
    ...(relation.readable ? [] : ["missing privilege: SELECT is not granted on it"]),
    ...(relation.rls ? ["row level security: only the rows that this login sees are looked at"] : []),
    ...(relation.kind === "f"
      ? ["foreign table: its rows, or those of a partition, are on another server and are not read"]
      : []),
  ];
}

async function measureCell(read: PostgresRead): Promise<number> {
  const count = 40_000;
  const start = performance.now();
  // The mean and not the best: a server that is busy now will be when the tables are read.
  for (let pass = 0; pass < CALIBRATION_PASSES; pass++)
    await read(`SELECT count(x), min(x), max(x) FROM generate_series(1, ${count}) AS n(x)`);
  return ((performance.now() - start) * 1e6) / (count * CALIBRATION_PASSES);
}

const CALIBRATION_PASSES = 5;
