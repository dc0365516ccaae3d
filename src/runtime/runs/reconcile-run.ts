import { WorkflowNotFoundError } from "@temporalio/client";
import { BridleError, type ErrorInfo } from "../../protocol/errors.ts";
import { isFinalRunStatus, type RunRecord } from "../../protocol/run.ts";
import type { TurnStatus } from "../../workflows/turn-inbox.ts";
import type { ScopePlace } from "../place.ts";
import { CALL_TIMEOUT_MS, guardTemporal } from "../temporal/guard-temporal.ts";
import { closeRun } from "./close-run.ts";

/** Reading a run must not wait long for a server that is down. */
const LOOK_TIMEOUT_MS = 2_000;
/** How long a start may be on its way: a slow server may still take it when its caller has nearly given up. */
const START_GRACE_MS = CALL_TIMEOUT_MS + 2_000;

/** A server to ask and a store to write to. */
type LookingPlace = Pick<ScopePlace, "session" | "store">;

/**
 * Compares a run with its workflow. A run whose workflow was terminated, lost with its server, or does not know of it is closed as
 * failed, so that nobody waits for it for ever. Returns the run as it stands now; while the server cannot tell, that is what is stored.
 */
export async function reconcileRun(place: LookingPlace, run: RunRecord): Promise<RunRecord> {
  if (isFinalRunStatus(run.status) || run.namespace !== place.session.client.options.namespace || isFresh(run))
    return run;
  const fate = await workflowFate(place, run);
  if (fate.kind === "unknown") return run;
  // The run may have begun or ended properly, and its thread gone on, between our two looks.
  const now = await place.store.runs.get(run.runId);
  if (now === null || now.status !== run.status || now.executionId !== run.executionId) return now ?? run;
  await closeRun(place.store, run, lost(run, fate.what));
  return (await place.store.runs.get(run.runId)) ?? run;
}

/** A start or a queued prompt may be on its way to the server. */
function isFresh(run: RunRecord): boolean {
  return run.executionId === null && Date.now() - Date.parse(run.createdAt) < START_GRACE_MS;
}

type Fate = { readonly kind: "unknown" } | { readonly kind: "gone"; readonly what: string };

const UNKNOWN: Fate = { kind: "unknown" };

async function workflowFate(place: LookingPlace, run: RunRecord): Promise<Fate> {
  const handle = place.session.client.workflow.getHandle(run.workflowId);
  try {
    const description = await guardTemporal(place.session, () => handle.describe(), LOOK_TIMEOUT_MS);
    const isFirst = description.memo?.runId === run.runId;
    if (!isFirst && !wasAccepted(run)) return UNKNOWN;
    if (description.status.name !== "RUNNING") return { kind: "gone", what: description.status.name.toLowerCase() };
    if (run.executionId === null) return isFirst ? UNKNOWN : await queueFate(place, run);
    const isOurs = description.raw.workflowExecutionInfo?.firstRunId === run.executionId;
    return isOurs ? UNKNOWN : { kind: "gone", what: "replaced by a later one" };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      return wasAccepted(run) ? { kind: "gone", what: "not known to the server" } : UNKNOWN;
    if (error instanceof BridleError && error.code === "TEMPORAL_UNREACHABLE") return UNKNOWN;
    throw error;
  }
}

/** A start that nobody knows to have reached the server is not lost: the same request starts it, and whoever wants may cancel it. */
function wasAccepted({ status }: RunRecord): boolean {
  return status !== "starting";
}

/** Whether the workflow of the thread knows of a run that no worker has begun. Only a worker can answer that. */
async function queueFate({ session }: LookingPlace, run: RunRecord): Promise<Fate> {
  const handle = session.client.workflow.getHandle(run.workflowId);
  const ask = (): Promise<TurnStatus> => handle.query<TurnStatus>("status");
  const status = await guardTemporal(session, ask, LOOK_TIMEOUT_MS).catch(() => undefined);
  if (status === undefined) return UNKNOWN;
  // One that was withdrawn is closed by the workflow itself, as what it is.
  const isKnown = [status.runId, ...status.queued, ...status.closing].includes(run.runId);
  return isKnown ? UNKNOWN : { kind: "gone", what: "busy with other runs and does not know of it" };
}

function lost(run: RunRecord, fate: string): ErrorInfo {
  return {
    code: "RUN_LOST",
    message: `Run ${run.runId} cannot go on: its workflow ${run.workflowId} is ${fate}.`,
    hint: "Ask again on the same thread; nothing of this run was committed to it.",
  };
}
