import { WorkflowNotFoundError } from "@temporalio/client";
import type { RunId } from "../../protocol/ids.ts";
import { isFinalRunStatus, type RunRecord } from "../../protocol/run.ts";
import type { ScopePlace } from "../place.ts";
import { guardTemporal } from "../temporal/guard-temporal.ts";
import { closeRun } from "./close-run.ts";
import { findRun } from "./find-run.ts";
import { reconcileRun } from "./reconcile-run.ts";

/** Asks a run to stop and returns it as it stands; its end follows as events. A run that has ended is left alone. */
export async function cancelRun(place: ScopePlace, runId: RunId): Promise<RunRecord> {
  const run = await findRun(place, runId);
  if (isFinalRunStatus(run.status)) return run;
  // A workflow that does not know of it yet would drop the signal; a run that has ended is never begun.
  if (run.executionId === null) await closeRun(place.store, run, null);
  const handle = place.session.client.workflow.getHandle(run.workflowId);
  try {
    await guardTemporal(place.session, () => handle.signal("cancel", { runId }));
    return await reconcileRun(place, await findRun(place, runId));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return reconcileRun(place, await findRun(place, runId));
    throw error;
  }
}
