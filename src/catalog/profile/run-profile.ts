import { planProfile, type TablePlan } from "../../data/profile/plan-profile.ts";
import type { ProfileReader } from "../../data/profile/reading.ts";
import { readableTable } from "../../data/profile/table-family.ts";
import { tableProfile } from "../../data/profile/table-profile.ts";
import { BridleError, InputError } from "../../protocol/errors.ts";
import type { CatalogStore } from "../port.ts";
import type { ProfileRun, TableOutcome } from "./profile-run.ts";
import { requireKnownTables } from "./known-tables.ts";
import { declaredEdges } from "./profile-edges.ts";
import { tableEntries } from "./profile-entries.ts";
import { planHashOf } from "./plan-hash.ts";
import { ProfileJournal } from "./profile-journal.ts";
import { writeRelations } from "./write-relations.ts";
import { writeUpper } from "./write-upper.ts";

/** What a run came to. */
export interface ProfileSummary {
  readonly databaseId: string;
  readonly engine: string;
  readonly planHash: string;
  readonly isResumed: boolean;
  readonly tables: Readonly<Record<TableOutcome["outcome"] | "missing", number>>;
  readonly entriesWritten: number;
  readonly references: { readonly declared: number; readonly inferred: number; readonly tested: number };
  readonly warnings: readonly string[];
}

/**
 * Profiles a database into a catalog, one table after the other, each in one transaction: whoever kills it loses the table that
 * was being read, and the next run goes on behind the last one written. What did not change is not written again.
 */
export async function runProfile(run: ProfileRun): Promise<ProfileSummary> {
  const { reader, catalog, databaseId, options, onEvent } = run;
  requireWritable(catalog);
  const description = await reader.describe(run.schema);
  const plan = planProfile(description, options);
  requireKnownTables(plan, description);
  const planHash = planHashOf(databaseId, plan.tables);
  const journal = await ProfileJournal.open({ catalog, databaseId, planHash, now: run.now });
  const { tables } = plan;
  onEvent?.({ kind: "planned", tables: tables.length, isResumed: journal.isResumed, warnings: description.warnings });
  const outcomes: TableOutcome[] = [];
  for (const table of tables) {
    run.signal?.throwIfAborted();
    const outcome = await profileTable(run, journal, table);
    outcomes.push(outcome);
    onEvent?.({ kind: "table", done: outcomes.length, of: tables.length, ...outcome });
  }
  const relations = await writeRelations({ ...run, journal }, plan);
  const upper = await writeUpper({ ...run, journal }, description, tables);
  const count = (kind: TableOutcome["outcome"]): number => outcomes.filter(({ outcome }) => outcome === kind).length;
  return {
    databaseId,
    engine: description.engine,
    planHash,
    isResumed: journal.isResumed,
    tables: {
      written: count("written"),
      unchanged: count("unchanged"),
      resumed: count("resumed"),
      failed: count("failed"),
      missing: upper.missing,
    },
    entriesWritten: journal.entriesWritten,
    references: {
      declared: tables.reduce((sum, { table }) => sum + table.foreignKeys.length, 0),
      inferred: relations.inferred,
      tested: relations.tested,
    },
    warnings: [...description.warnings, ...relations.warnings],
  };
}

function requireWritable({ isWritable }: CatalogStore): void {
  if (isWritable) return;
  throw new InputError(
    "CATALOG_READ_ONLY",
    "A profile needs a catalog that can be written; this one is inline or empty.",
    {
      hint: 'Set catalog to {kind: "sqlite", url: "sqlite:catalog.db"} in the data environment.',
    },
  );
}

async function profileTable(run: ProfileRun, journal: ProfileJournal, plan: TablePlan): Promise<TableOutcome> {
  const { table, strategy } = plan;
  const start = performance.now();
  const told = (
    outcome: TableOutcome["outcome"],
    rowCount: number | null,
    warnings: readonly string[],
  ): TableOutcome => ({
    schema: table.schema,
    table: table.name,
    strategy,
    outcome,
    rowCount,
    columns: table.columns.length,
    ms: Math.round(performance.now() - start),
    warnings,
  });
  if (await journal.has(table)) return told("resumed", null, []);
  const { reading, warnings } = await readRows(run, plan);
  const profile = tableProfile(plan, reading, run.now());
  const complete = { ...profile, warnings: [...profile.warnings, ...warnings] };
  const isChanged = await journal.write(tableEntries(run.databaseId, complete), declaredEdges(run.databaseId, table));
  const outcome = warnings.length > 0 ? "failed" : isChanged ? "written" : "unchanged";
  return told(outcome, profile.rowCount?.value ?? null, complete.warnings);
}

/** A table that cannot be read is still known by what the engine says of it. */
async function readRows(
  { reader, signal }: ProfileRun,
  { table, read }: TablePlan,
): Promise<{ reading: Awaited<ReturnType<ProfileReader["read"]>> | null; warnings: readonly string[] }> {
  if (read === null) return { reading: null, warnings: [] };
  try {
    return { reading: await reader.read(readableTable(table), read), warnings: [] };
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof BridleError)) throw error;
    return { reading: null, warnings: [`its rows were not read: ${error.message}`] };
  }
}
