import { WorkflowNotFoundError } from "@temporalio/client";
import { BridleError, type ErrorInfo } from "../protocol/errors.ts";
import { TurnId } from "../protocol/ids.ts";
import { isFinalRunStatus, type RunRecord } from "../protocol/run.ts";
import { guardTemporal } from "./guard-temporal.ts";
import type { ScopePlace } from "./run-place.ts";

/** An attempt number of ours, above those of any activity: whoever closes first wins in any case. */
const RECONCILE_ATTEMPT = 1_000_000;
/** Reading a run must not wait long for a server that is down. */
const LOOK_TIMEOUT_MS = 2_000;

/**
 * Compares a run with its workflow. A run whose workflow was terminated, reset away or lost with its server is closed as failed, so
 * that nobody waits for it for ever. Returns the run as it stands now; while the server does not answer, that is what is stored.
 */
export async function reconcileRun(place: ScopePlace, run: RunRecord): Promise<RunRecord> {
  if (run.status !== "running" || run.executionId === null) return run;
  const fate = await workflowFate(place, run);
  if (fate === "alive" || fate === "unreachable") return run;
  // The run may have ended properly, and its thread gone on, between our two looks.
  const now = await place.store.runs.get(run.runId);
  if (now === null || isFinalRunStatus(now.status)) return now ?? run;
  await closeLost(place, run, lost(run, fate));
  return (await place.store.runs.get(run.runId)) ?? run;
}

async function workflowFate(place: ScopePlace, run: RunRecord): Promise<string> {
  const handle = place.session.client.workflow.getHandle(run.workflowId);
  try {
    const description = await guardTemporal(place.session, () => handle.describe(), LOOK_TIMEOUT_MS);
    if (description.raw.workflowExecutionInfo?.firstRunId !== run.executionId) return "replaced by a later one";
    return description.status.name === "RUNNING" ? "alive" : description.status.name.toLowerCase();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return "not known to the server";
    if (error instanceof BridleError && error.code === "TEMPORAL_UNREACHABLE") return "unreachable";
    throw error;
  }
}

function lost(run: RunRecord, fate: string): ErrorInfo {
  return {
    code: "RUN_LOST",
    message: `Run ${run.runId} cannot go on: its workflow ${run.workflowId} is ${fate}.`,
    hint: "Ask again on the same thread; nothing of this run was committed to it.",
  };
}

async function closeLost({ store }: ScopePlace, run: RunRecord, error: ErrorInfo): Promise<void> {
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
