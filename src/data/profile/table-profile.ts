import type { Json } from "../../protocol/json.ts";
import type { ColumnDescription, TableDescription } from "./description.ts";
import { estimateDistinct } from "./distinct-estimate.ts";
import type { ProfileStrategy, TablePlan } from "./plan-profile.ts";
import type { ColumnReading, TableReading } from "./reading.ts";
import { isTemporal } from "./semantic-type.ts";
import { isTemporalType } from "./value-kind.ts";

/** A number with how it was come by; nothing is ever mixed silently. */
export interface Measured<Value extends Json = Json> {
  readonly value: Value;
  readonly method: "exact" | "engine_stats" | "sample";
  readonly sampleRows?: number;
  readonly at: string;
}

/** What is known of a table once it was looked at. */
export interface TableProfile {
  readonly table: TableDescription;
  readonly strategy: ProfileStrategy;
  readonly rowCount: Measured<number> | null;
  /** The smallest set of columns that tells rows apart. */
  readonly grain: readonly string[];
  readonly freshness: { readonly column: string; readonly newest: Measured } | null;
  readonly columns: readonly ColumnProfile[];
  readonly warnings: readonly string[];
  readonly at: string;
}

/** What is known of a column. */
export interface ColumnProfile {
  readonly column: ColumnDescription;
  readonly keyRole: "pk" | "fk" | "unique" | "none";
  readonly stats: Readonly<Record<string, Measured>>;
  readonly types: Readonly<Record<string, number>>;
  readonly sampleValues: readonly Json[];
  readonly semanticType: string | null;
  readonly pii: string | null;
  readonly isWithheld: boolean;
}

/** Puts together what the engine says of a table and what its rows said; pure, so that a run can be repeated. */
export function tableProfile(plan: TablePlan, reading: TableReading | null, at: string): TableProfile {
  const { table, strategy } = plan;
  const rowCount = rowCountOf(table, reading, at);
  const columns = table.columns.map((column, index) => {
    const read = reading?.columns[index] ?? null;
    return columnProfile({ table, column, read }, { reading, rowCount, at });
  });
  return {
    table,
    strategy,
    rowCount,
    grain: grainOf(table, columns, reading),
    freshness: freshnessOf(columns, at),
    columns,
    warnings: [...table.warnings, ...(reading?.warnings ?? [])],
    at,
  };
}

function rowCountOf(table: TableDescription, reading: TableReading | null, at: string): Measured<number> | null {
  const counted = table.relationType === "table_family" ? null : (reading?.rowCount ?? null);
  if (counted !== null) return { ...counted, at };
  if (table.rows.value === null) return null;
  return { value: table.rows.value, method: "engine_stats", at: table.rows.asOf ?? at };
}

interface ColumnQuestion {
  readonly table: TableDescription;
  readonly column: ColumnDescription;
  readonly read: ColumnReading | null;
}

interface Setting {
  readonly reading: TableReading | null;
  readonly rowCount: Measured<number> | null;
  readonly at: string;
}

function columnProfile({ table, column, read }: ColumnQuestion, setting: Setting): ColumnProfile {
  return {
    column,
    keyRole: keyRoleOf(table, column.name),
    stats: withRatio(statsOf({ table, column, read }, setting), setting.rowCount),
    types: read?.types ?? {},
    sampleValues: read?.samples ?? [],
    semanticType: read?.semanticType ?? null,
    pii: read?.pii ?? null,
    isWithheld: read?.isWithheld ?? false,
  };
}

/** Exact numbers first, then what the engine keeps, then what a sample suggests. */
function statsOf({ table, column, read }: ColumnQuestion, setting: Setting): Record<string, Measured> {
  const engine = engineStats(table, column, setting);
  const own = readStats(read, setting);
  const exact = read === null ? {} : aggregateStats(read, setting.rowCount, setting.at);
  return setting.reading?.isWhole === true ? { ...engine, ...own } : { ...own, ...engine, ...exact };
}

function withRatio(stats: Record<string, Measured>, rowCount: Measured<number> | null): Record<string, Measured> {
  const { distinct, nullFraction } = stats;
  const rows =
    rowCount === null || typeof nullFraction?.value !== "number" ? 0 : rowCount.value * (1 - nullFraction.value);
  if (distinct === undefined || typeof distinct.value !== "number" || rows < 1) return stats;
  return { ...stats, distinctRatio: { ...distinct, value: Math.min(1, share(distinct.value, rows)) } };
}

function keyRoleOf(table: TableDescription, name: string): ColumnProfile["keyRole"] {
  if (table.primaryKey.includes(name)) return "pk";
  if (table.foreignKeys.some(({ columns }) => columns.includes(name))) return "fk";
  return table.uniques.some((columns) => columns.length === 1 && columns[0] === name) ? "unique" : "none";
}

/** What the engine keeps, unless its statistics are out of date. */
function engineStats(
  table: TableDescription,
  { statistics }: ColumnDescription,
  { rowCount, at }: Setting,
): Record<string, Measured> {
  if (statistics === null || table.rows.isStale) return {};
  const from = { method: "engine_stats", at: table.rows.asOf ?? at } as const;
  const rows = rowCount?.value ?? table.rows.value;
  const { distinct } = statistics;
  const known = distinct >= 0 ? distinct : rows === null ? null : Math.round(-distinct * rows);
  return {
    nullFraction: { value: statistics.nullFraction, ...from },
    ...(known === null ? {} : { distinct: { value: known, ...from } }),
  };
}

function readStats(read: ColumnReading | null, { reading, rowCount, at }: Setting): Record<string, Measured> {
  if (read === null || reading === null || reading.rowsRead === 0) return {};
  const stats: Record<string, Measured> = {};
  const rows = reading.rowsRead;
  const from = reading.isWhole
    ? ({ method: "exact", at } as const)
    : ({ method: "sample", sampleRows: rows, at } as const);
  const put = (name: string, value: Json): void => {
    if (value !== null) stats[name] = { value, ...from };
  };
  put("nullFraction", share(read.nulls, rows));
  if (!read.isDistinctCapped) {
    const total = reading.isWhole ? rows : (rowCount?.value ?? rows);
    const present = rows - read.nulls;
    const presentRows = Math.max(present, Math.round((total * present) / rows));
    const sample = { sampleRows: present, distinct: read.distinct, once: read.once, rows: presentRows };
    const distinct = reading.isWhole ? read.distinct : estimateDistinct(sample);
    put("distinct", distinct);
  }
  put("min", read.min);
  put("max", read.max);
  put("mean", read.mean);
  put("stddev", read.stddev);
  put("quartiles", read.quartiles);
  put("minLength", read.minLength);
  put("maxLength", read.maxLength);
  if (read.top.length > 0)
    put(
      "topValues",
      read.top.map(([value, count]) => ({ value, fraction: share(count, rows) })),
    );
  return stats;
}

function aggregateStats(
  { aggregate }: ColumnReading,
  rowCount: Measured<number> | null,
  at: string,
): Record<string, Measured> {
  const stats: Record<string, Measured> = {};
  const put = (name: string, value: Json | undefined): void => {
    if (value !== undefined) stats[name] = { value, method: "exact", at };
  };
  const rows = rowCount?.method === "exact" ? rowCount.value : 0;
  const nulls = aggregate?.nulls;
  if (rows > 0 && nulls !== undefined) put("nullFraction", share(nulls, rows));
  put("distinct", aggregate?.distinct);
  put("min", aggregate?.min);
  put("max", aggregate?.max);
  put("mean", aggregate?.mean);
  return stats;
}

/** Six digits are more than any reader wants, and keep entries from changing without a reason. */
function share(part: number, whole: number): number {
  return Number((part / whole).toFixed(6));
}

/** The smallest declared key, or a column that has no value twice; only seeing every row proves that. */
function grainOf(
  table: TableDescription,
  columns: readonly ColumnProfile[],
  reading: TableReading | null,
): readonly string[] {
  const keys = [...(table.primaryKey.length === 0 ? [] : [table.primaryKey]), ...table.uniques];
  const [smallest] = keys.toSorted((a, b) => a.length - b.length);
  if (smallest !== undefined) return smallest;
  if (reading?.isWhole !== true || reading.rowsRead < 2) return [];
  const unique = columns.find(
    ({ stats }) => stats["distinct"]?.value === reading.rowsRead && stats["nullFraction"]?.value === 0,
  );
  return unique === undefined ? [] : [unique.column.name];
}

/** The newest point in time of any column that holds them, birthdays aside, and what ends or is planned in the future. */
function freshnessOf(columns: readonly ColumnProfile[], at: string): TableProfile["freshness"] {
  // Times without a zone may be those of a place where it is tomorrow.
  const tomorrow = new Date(Date.parse(at) + DAY_MS).toISOString().slice(0, "2026-01-01".length);
  const dated = columns.flatMap(({ column, stats, semanticType, pii }) => {
    const newest = stats["max"];
    const isDay = isTemporalType(column.dataType) && !/^time(?: |$)/.test(column.dataType);
    const isDate = pii === null && (isDay || isTemporal(semanticType));
    if (!isDate || typeof newest?.value !== "string" || !/^\d{4}-\d\d/.test(newest.value)) return [];
    if (newest.value.slice(0, tomorrow.length) > tomorrow) return [];
    return [{ text: newest.value, found: { column: column.name, newest } }];
  });
  const latest = dated.toSorted((a, b) => (a.text > b.text ? -1 : 1))[0]?.found;
  return latest ?? null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
