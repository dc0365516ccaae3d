import { WorkflowNotFoundError } from "@temporalio/client";
import { InputError } from "../protocol/errors.ts";
import type { RunId } from "../protocol/ids.ts";
import { isFinalRunStatus, type RunRecord } from "../protocol/run.ts";
import { guardTemporal } from "./guard-temporal.ts";
import { reconcileRun } from "./reconcile-run.ts";
import type { ScopePlace } from "./run-place.ts";

/** Asks a run to stop and returns it as it stands; its end follows as events. A run that has ended is left alone. */
export async function cancelRun(place: ScopePlace, runId: RunId): Promise<RunRecord> {
  const run = await place.store.runs.get(runId);
  if (run === null) throw unknownRun(place, runId);
  if (isFinalRunStatus(run.status)) return run;
  const handle = place.session.client.workflow.getHandle(run.workflowId);
  try {
    await guardTemporal(place.session, () => handle.signal("cancel", { runId }));
    // A thread's workflow drops the cancel of a run it does not know.
    return await reconcileRun(place, run);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return reconcileRun(place, run);
    throw error;
  }
}

/** The error for a run id that this tenant and workspace does not have. */
export function unknownRun({ app }: Pick<ScopePlace, "app">, runId: string): InputError {
  return new InputError("RUN_UNKNOWN", `There is no run "${runId}" in ${app.tenant}/${app.workspace}.`, {
    hint: "`bridle runs list` shows the runs of a workspace.",
  });
}
