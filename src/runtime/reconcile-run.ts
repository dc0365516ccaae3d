import { WorkflowNotFoundError } from "@temporalio/client";
import type { ErrorInfo } from "../protocol/errors.ts";
import { TurnId } from "../protocol/ids.ts";
import { isFinalRunStatus, type RunRecord } from "../protocol/run.ts";
import { guardTemporal } from "./guard-temporal.ts";
import type { RunPlace } from "./run-place.ts";

/** An attempt number of ours, above those of any activity: whoever closes first wins in any case. */
const RECONCILE_ATTEMPT = 1_000_000;

/**
 * Compares a run with its workflow. A run whose workflow was terminated, reset away or lost with its server is closed as failed, so
 * that nobody waits for it for ever. Returns the run as it stands now.
 */
export async function reconcileRun(place: RunPlace, run: RunRecord): Promise<RunRecord> {
  if (run.status !== "running" || run.executionId === null) return run;
  const fate = await workflowFate(place, run);
  if (fate === "alive") return run;
  await closeLost(place, run, lost(run, fate));
  return (await place.store.runs.get(run.runId)) ?? run;
}

async function workflowFate(place: RunPlace, run: RunRecord): Promise<string> {
  const handle = place.session.client.workflow.getHandle(run.workflowId);
  try {
    const description = await guardTemporal(place.session, () => handle.describe());
    const first = description.raw.workflowExecutionInfo?.firstRunId;
    if (first !== run.executionId) return "replaced by a later one";
    if (description.status.name === "RUNNING") return "alive";
    return (await isFinalNow(place, run)) ? "alive" : description.status.name.toLowerCase();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return "not known to the server";
    throw error;
  }
}

/** The workflow may have ended properly between our two looks. */
async function isFinalNow(place: RunPlace, run: RunRecord): Promise<boolean> {
  const now = await place.store.runs.get(run.runId);
  return now === null || isFinalRunStatus(now.status);
}

function lost(run: RunRecord, fate: string): ErrorInfo {
  return {
    code: "RUN_LOST",
    message: `Run ${run.runId} cannot go on: its workflow ${run.workflowId} is ${fate}.`,
    hint: "Ask again on the same thread; nothing of this run was committed to it.",
  };
}

async function closeLost({ store }: RunPlace, run: RunRecord, error: ErrorInfo): Promise<void> {
  const turn = TurnId.parse(run.runId);
  const attempt = { runId: run.runId, turn, step: "end", attempt: RECONCILE_ATTEMPT };
  const own = { turn, agent: run.agent };
  await store.steps.commit(attempt, {
    result: null,
    close: {
      isRoot: true,
      agent: run.agent,
      threadId: run.threadId,
      status: "failed",
      finish: "error",
      text: "",
      error,
      head: null,
    },
    events: [
      { ...own, key: `${turn}:end:error`, body: { type: "error", ...error } },
      { ...own, key: `${turn}:end:finish`, body: { type: "finish", reason: "error", text: "", usage: run.usage } },
    ],
  });
}
