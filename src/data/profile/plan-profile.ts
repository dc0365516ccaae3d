import {
  PROFILE_COUNT_ROWS,
  PROFILE_EXACT_ROWS,
  PROFILE_READ_BYTES,
  PROFILE_REFERENCE_TESTS,
} from "../../protocol/limits/profile.ts";
import type { DatabaseDescription, TableDescription } from "./description.ts";
import { costOf, type ProfileCost } from "./profile-cost.ts";
import type { ReadOptions } from "./reading.ts";
import { type ReferenceCandidate, referenceCandidates } from "./reference-candidates.ts";
import { foldFamilies } from "./table-family.ts";

/** What somebody wants of a profile. */
export interface ProfileOptions {
  readonly sampleRows: number;
  readonly isExact: boolean;
  readonly isSchemaOnly: boolean;
  readonly maxRows: number | null;
  /** Names of tables, with or without their schema; empty means all. */
  readonly tables: readonly string[];
  /** False keeps no value of any row. */
  readonly hasValues: boolean;
}

/** How a table is looked at. */
export type ProfileStrategy = "engine_stats" | "sample" | "exact" | "schema_only" | "skip";

/** What will be done with one table, and what it will cost. */
export interface TablePlan extends ProfileCost {
  readonly table: TableDescription;
  readonly strategy: ProfileStrategy;
  readonly reason: string;
  /** Null reads no row. */
  readonly read: ReadOptions | null;
}

/** What will be done with a database. */
export interface ProfilePlan {
  readonly tables: readonly TablePlan[];
  readonly candidates: readonly ReferenceCandidate[];
  /** Named by `--table`, and not there. */
  readonly unknown: readonly string[];
}

/** Decides from statistics alone, so that an estimate and the run it speaks of come to the same plan. */
export function planProfile(description: DatabaseDescription, options: ProfileOptions): ProfilePlan {
  const folded = foldFamilies(description.tables, options.tables);
  const isWanted = (table: TableDescription): boolean =>
    options.tables.length === 0 || options.tables.some((name) => isNamed(table, name));
  const wanted = folded.filter(isWanted);
  const hasRows = !options.isSchemaOnly && (options.maxRows ?? 1) > 0;
  return {
    tables: wanted.map((table) => {
      const decision = decide(table, options);
      return { table, ...decision, ...costOf(table, decision.read, description) };
    }),
    candidates: hasRows ? candidatesOf(folded, isWanted) : [],
    unknown: options.tables.filter((name) => !folded.some((table) => isNamed(table, name))),
  };
}

function isNamed({ schema, name, members }: TableDescription, wanted: string): boolean {
  return wanted === name || wanted === `${schema}.${name}` || members.includes(wanted);
}

function candidatesOf(
  tables: readonly TableDescription[],
  isWanted: (table: TableDescription) => boolean,
): readonly ReferenceCandidate[] {
  const readable = tables.filter(({ isReadable, relationType }) => isReadable && relationType !== "foreign");
  return referenceCandidates(readable)
    .filter(({ from }) => isWanted(from))
    .slice(0, PROFILE_REFERENCE_TESTS);
}

interface Decision {
  readonly strategy: ProfileStrategy;
  readonly reason: string;
  readonly read: ReadOptions | null;
}

function decide(table: TableDescription, options: ProfileOptions): Decision {
  if (!table.isReadable) return { strategy: "skip", reason: table.warnings[0] ?? "it cannot be read", read: null };
  if (options.isSchemaOnly) return { strategy: "schema_only", reason: "no row is to be read", read: null };
  if (table.columns.length === 0) return { strategy: "schema_only", reason: "it has no columns", read: null };
  if (table.relationType === "foreign")
    return { strategy: "schema_only", reason: "foreign tables are not read", read: null };
  const { hasValues } = options;
  const cap = options.maxRows ?? Number.MAX_SAFE_INTEGER;
  const sample = Math.min(options.sampleRows, cap);
  const base = { hasValues, isCounted: false, isAggregated: false } as const;
  if (table.relationType === "view") {
    if (sample === 0) return { strategy: "schema_only", reason: "views have no statistics", read: null };
    return { strategy: "sample", reason: "view: its first rows", read: { ...base, strategy: "sample", rows: sample } };
  }
  const rows = likelyRows(table);
  const isSmall = rows <= PROFILE_EXACT_ROWS && (table.bytes ?? 0) <= PROFILE_READ_BYTES;
  // One more than the limit, so that reading to the end and being cut look different.
  if (isSmall && PROFILE_EXACT_ROWS < cap)
    return { strategy: "exact", reason: "small", read: { ...base, strategy: "exact", rows: PROFILE_EXACT_ROWS * 2 } };
  if (isSmall && rows < cap)
    return { strategy: "exact", reason: "small", read: { ...base, strategy: "exact", rows: cap } };
  if (options.isExact && rows <= cap) {
    const read = {
      hasValues,
      isCounted: true,
      isAggregated: true,
      strategy: "exact",
      rows: Math.max(sample, 1),
    } as const;
    return { strategy: "exact", reason: "asked for", read };
  }
  if (sample === 0) return { strategy: "engine_stats", reason: "no sample is wanted", read: null };
  const isCounted =
    rows <= Math.min(PROFILE_COUNT_ROWS, cap) && (table.rows.isStale || table.rows.method !== "reltuples");
  const reason = rows > cap ? "more rows than --max-rows" : `more than ${PROFILE_EXACT_ROWS} rows`;
  return {
    strategy: "sample",
    reason: isSmall ? "more rows than --max-rows" : reason,
    read: { ...base, strategy: "sample", rows: sample, isCounted },
  };
}

/** What statistics say, or what the size suggests; without either a table counts as large. */
function likelyRows({ rows, bytes, columns }: TableDescription): number {
  if (rows.value !== null) return rows.value;
  return bytes === null ? PROFILE_EXACT_ROWS + 1 : Math.ceil(bytes / (24 + 8 * columns.length));
}
