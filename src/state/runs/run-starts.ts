import type { Transaction } from "kysely";
import type { ScopeKey } from "../database.ts";
import { runStatus } from "./run-row.ts";
import type { RunRow, StateTables } from "../schema.ts";

/** Counts one more request that starts a run which is there and has not begun. One that may wait makes it a run that waits. */
export async function joinStart(
  tx: Transaction<StateTables>,
  { existing, wanted }: { readonly existing: RunRow; readonly wanted: RunRow },
): Promise<RunRow> {
  if (!hasNotBegun(existing)) return existing;
  const joined = {
    starts: existing.starts + 1,
    status: wanted.status === "queued" ? wanted.status : existing.status,
  };
  const { tenant, workspace, run_id } = existing;
  await tx
    .updateTable("runs")
    .set(joined)
    .where((is) => is.and({ tenant, workspace, run_id }))
    .execute();
  return { ...existing, ...joined };
}

/**
 * Takes one request's start back. The run goes with the last of them, and only while it is `starting`: as long as another request
 * may have been accepted, somebody may need its row. Returns whether there is no such run now.
 */
export async function takeBackStart(tx: Transaction<StateTables>, scope: ScopeKey, runId: string): Promise<boolean> {
  const run = { ...scope, run_id: runId };
  const left = await tx
    .updateTable("runs")
    .set((is) => ({ starts: is("starts", "-", 1) }))
    .where((is) => is.and(run))
    .returning(["starts", "status"])
    .executeTakeFirst();
  if (left === undefined) return true;
  if (left.starts > 0 || left.status !== "starting") return false;
  await tx
    .deleteFrom("runs")
    .where((is) => is.and(run))
    .execute();
  await tx
    .deleteFrom("run_events")
    .where((is) => is.and(run))
    .execute();
  return true;
}

function hasNotBegun(row: RunRow): boolean {
  const status = runStatus(row);
  return status === "starting" || status === "queued";
}
