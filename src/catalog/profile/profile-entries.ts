import { sha256 } from "../../lib/sha256.ts";
import { stableJson } from "../../lib/stable-json.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { ColumnProfile, TableProfile } from "../../data/profile/table-profile.ts";
import type { CatalogEntry } from "../../protocol/catalog.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { VIEW_SQL_CHARS } from "../../protocol/limits/profile.ts";
import { preview } from "../../lib/cap-text.ts";
import { entryIdOf } from "./entry-id.ts";

/** Entries that a profile keeps: what it found, under a hash that does not know when it was found. */
export function tableEntries(databaseId: string, profile: TableProfile): readonly CatalogEntry[] {
  const { table } = profile;
  const columns = profile.columns.map((column, index) =>
    columnEntry(databaseId, profile, { column, ordinal: index + 1 }),
  );
  const metadata = withoutUndefined({
    schemaName: table.schema,
    tableName: table.name,
    relationType: table.relationType,
    rowCount: profile.rowCount?.value ?? null,
    columnCount: table.columns.length,
    bytes: table.bytes,
    primaryKey: table.primaryKey,
    uniques: table.uniques,
    foreignKeys: table.foreignKeys.map((key) => ({ ...key })),
    indexes: table.indexes.map((index) => ({ ...index })),
    // A view over several tables is what somebody made to be asked instead of them.
    preferredQuerySurface: table.basis.length >= JOINED_TABLES ? true : undefined,
    grain: profile.grain,
    freshness: profile.freshness === null ? null : { ...profile.freshness, newest: { ...profile.freshness.newest } },
    viewSql: table.viewSql === null ? undefined : preview(table.viewSql, VIEW_SQL_CHARS),
    baseTables: table.basis.length === 0 ? undefined : table.basis.map((base) => `${base.schema}.${base.table}`),
    partitions: table.partitions.length === 0 ? undefined : table.partitions,
    members: table.members.length === 0 ? undefined : table.members,
    lastAnalyze: table.lastAnalyze,
    strategy: profile.strategy,
    warnings: profile.warnings,
    stats: profile.rowCount === null ? {} : { rowCount: { ...profile.rowCount } },
  });
  const entry = {
    id: entryIdOf([databaseId, table.schema, table.name]),
    itemType: "table",
    name: table.name,
    qualified_name: `${table.schema}.${table.name}`,
    content: table.comment ?? "",
  } as const;
  return [stamped(entry, { databaseId, at: profile.at, metadata }), ...columns];
}

/** A view needs at least this many tables below it. */
const JOINED_TABLES = 3;

interface NumberedColumn {
  readonly column: ColumnProfile;
  readonly ordinal: number;
}

function columnEntry(
  databaseId: string,
  { table, at }: TableProfile,
  { column: profile, ordinal }: NumberedColumn,
): CatalogEntry {
  const { column } = profile;
  const metadata = withoutUndefined({
    schemaName: table.schema,
    tableName: table.name,
    columnName: column.name,
    ordinal,
    dataType: column.dataType,
    nullable: column.isNullable,
    default: column.defaultValue ?? undefined,
    generated: column.isGenerated ? true : undefined,
    keyRole: profile.keyRole,
    semanticType: profile.semanticType,
    pii: profile.pii,
    valuesWithheld: profile.isWithheld ? true : undefined,
    storageTypes: Object.keys(profile.types).length > 1 ? profile.types : undefined,
    stats: Object.fromEntries(Object.entries(profile.stats).map(([name, measured]) => [name, { ...measured }])),
    sampleValues: profile.sampleValues,
  });
  const entry = {
    id: entryIdOf([databaseId, table.schema, table.name, column.name]),
    itemType: "column",
    name: column.name,
    qualified_name: `${table.schema}.${table.name}.${column.name}`,
    content: column.comment ?? "",
  } as const;
  return stamped(entry, { databaseId, at, metadata });
}

/** What a stamp adds to. */
export type BareEntry = Pick<CatalogEntry, "id" | "itemType" | "name" | "qualified_name" | "content">;

/** What every entry of a profile carries. */
export interface Stamp {
  readonly databaseId: string;
  readonly at: string;
  readonly metadata: JsonObject;
}

/** Marks an entry as found by a profile, and hashes what was found. */
export function stamped(entry: BareEntry, { databaseId, at, metadata }: Stamp): CatalogEntry {
  const found: JsonObject = { ...metadata, databaseId, source: "profile", status: "active" };
  // A server grows and shrinks by itself; a profile that found nothing else new writes nothing.
  const { bytes: _bytes, ...lasting } = found;
  const contentHash = sha256(stableJson([entry, withoutTimes(entry.itemType === "database" ? lasting : found)]));
  return { ...entry, tags: [], related: [], metadata: { ...found, contentHash, profiledAt: at } };
}

/** When a number was read is no part of what it says. */
function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== "object" || value === null) return value;
  const isMeasured = "method" in value && "value" in value;
  const fields = Object.entries(value).filter(([name]) => !(isMeasured && name === "at") && name !== "lastAnalyze");
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutTimes(field)]));
}
