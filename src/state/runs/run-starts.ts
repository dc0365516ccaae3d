import type { Transaction } from "kysely";
import { START_LEASE_MS } from "../../protocol/limits/turn.ts";
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
    ...countedStarts(existing),
    asked_at: wanted.asked_at,
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

/** A request of long ago is over: it was accepted, or its process died. Only whoever knows that none was accepted may forget it. */
function countedStarts({ starts, earlier_starts, asked_at }: RunRow): Pick<RunRow, "starts" | "earlier_starts"> {
  const isLongAgo = !(Date.now() - Date.parse(asked_at) < START_LEASE_MS);
  return isLongAgo ? { starts: 1, earlier_starts: earlier_starts + starts } : { starts: starts + 1, earlier_starts };
}

/** Whose start is taken back, and whether it is known that the server has accepted none of this run. */
export interface StartTakenBack {
  readonly runId: string;
  readonly noneAccepted: boolean;
}

/**
 * Takes one request's start back. The run goes with the last of them, and only while it has not begun: as long as another request may
 * have been accepted, somebody may need its row. Returns whether there is no such run now.
 */
export async function takeBackStart(
  tx: Transaction<StateTables>,
  scope: ScopeKey,
  { runId, noneAccepted }: StartTakenBack,
): Promise<boolean> {
  const run = { ...scope, run_id: runId };
  const left = await tx
    .updateTable("runs")
    .set((is) => ({ starts: is("starts", "-", 1) }))
    .where((is) => is.and(run))
    .returningAll()
    .executeTakeFirst();
  if (left === undefined) return true;
  const isForgotten = noneAccepted && left.status === "starting";
  if (left.starts + (isForgotten ? 0 : left.earlier_starts) > 0 || !hasNotBegun(left)) return false;
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
