import { setTimeout as sleep } from "node:timers/promises";
import { WorkflowExecutionAlreadyStartedError, type WorkflowStartOptions } from "@temporalio/client";
import { byteLength, preview } from "../../lib/cap-text.ts";
import { BridleError, InputError } from "../../protocol/errors.ts";
import type { RunId, ThreadId } from "../../protocol/ids.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import { PROMPT_BYTES } from "../../protocol/limits/turn.ts";
import type { RunRecord } from "../../protocol/run.ts";
import type { TurnInput } from "../../protocol/turn.ts";
import { threadWorkflowId } from "../../protocol/workflow-id.ts";
import type { ScopedStore } from "../../state/port.ts";
import type { RunPlace } from "../place.ts";
import { CALL_TIMEOUT_MS, guardTemporal } from "../temporal/guard-temporal.ts";
import { turnAttributes } from "../temporal/search-attributes.ts";
import { reconcileRun } from "./reconcile-run.ts";
import { threadBusy } from "./thread-busy.ts";

/** A run that someone asks for. */
export interface RunRequest {
  readonly runId: RunId;
  readonly threadId: ThreadId;
  readonly agent: string;
  readonly prompt: string;
  readonly requestedBy: string | null;
  readonly whenBusy: "refuse" | "queue";
}

/** A run that just ended still holds its thread for a moment: its workflow closes after its last event. */
const CLOSING_TRIES = 40;
const CLOSING_PAUSE_MS = 25;

/** Starts a run, or finds the one that has its id already. Returns once the server has it. */
export async function startRun(place: RunPlace, request: RunRequest): Promise<RunRecord> {
  checkPrompt(request.prompt);
  const { run } = await place.store.runs.create(newRun(place, request));
  const isNew = run.status === "starting" || run.status === "queued";
  if (!isNew) return run;
  try {
    await guardTemporal(place.session, async (givenUp) => {
      await putRight(place, request.threadId);
      givenUp.throwIfAborted();
      await (request.whenBusy === "queue" ? enqueue(place, request) : start(place, request, givenUp));
    });
  } catch (error) {
    // The run of a busy thread is taken back already, where it is known that no other request for it got through.
    const isBusy = error instanceof BridleError && error.code === "THREAD_BUSY";
    // A store that is away as well leaves the count, which expires.
    if (!isBusy) await place.store.runs.discard(request.runId).catch(() => undefined);
    throw error;
  }
  return run;
}

/** A turn of the thread that is gone without a word looks alive until someone looks, and would be waited for. */
async function putRight(place: RunPlace, threadId: ThreadId): Promise<void> {
  const { items } = await place.store.runs.list({ threadId, status: "running" });
  for (const run of items) await reconcileRun(place, run);
}

function checkPrompt(prompt: string): void {
  const size = byteLength(prompt);
  if (size > PROMPT_BYTES) {
    throw new InputError("PROMPT_TOO_LARGE", `A prompt may have ${PROMPT_BYTES} bytes; received ${size}.`, {
      hint: "Pass large data to a tool, not to the model.",
    });
  }
  if (prompt.trim() === "")
    throw new InputError("INPUT_INVALID", "A prompt must be non-blank text; received only blanks.");
}

function newRun(
  { app, scope, session }: RunPlace,
  { runId, threadId, agent, prompt, requestedBy, whenBusy }: RunRequest,
): Parameters<ScopedStore["runs"]["create"]>[0] {
  const workflowId = threadWorkflowId(scope, threadId);
  const manifestHash = app.spec.manifest.hash;
  const status = whenBusy === "queue" ? "queued" : "starting";
  const { namespace } = session.client.options;
  return { runId, threadId, app: app.app, agent, workflowId, prompt, requestedBy, manifestHash, namespace, status };
}

async function start(place: RunPlace, request: RunRequest, givenUp: AbortSignal): Promise<void> {
  const { starter } = place.session;
  const options = { ...startOptions(place, request), ...eager(place) };
  const deadline = Date.now() + CALL_TIMEOUT_MS;
  for (let tries = 1; ; tries++) {
    givenUp.throwIfAborted();
    try {
      await starter.withDeadline(deadline, () => starter.workflow.start("agentTurn", options));
      return;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (await isOwnWorkflow(place, request)) return;
      const holder = await activeRun(place, request);
      if (holder?.runId === request.runId) return;
      if (holder !== undefined || tries === CLOSING_TRIES) {
        if (await isStartedByAnother(place, request)) return;
        throw await threadBusy(place, request.threadId, holder);
      }
      await sleep(CLOSING_PAUSE_MS);
    }
  }
}

/**
 * Takes this start back and says whether another request for the same run got through. One of several waits a moment for what
 * becomes of the others, so that all of them get the same run.
 */
async function isStartedByAnother(place: RunPlace, request: RunRequest): Promise<boolean> {
  if (await place.store.runs.discard(request.runId, { noneAccepted: true })) return false;
  for (let looks = 1; looks <= CLOSING_TRIES; looks++) {
    const run = await place.store.runs.get(request.runId);
    if (run === null) return false;
    if (run.status !== "starting" || (await isOwnWorkflow(place, request))) return true;
    await sleep(CLOSING_PAUSE_MS);
  }
  return false;
}

/** Whether the workflow was started for this very run, by a request before this one; until a worker claims it, only its memo says so. */
async function isOwnWorkflow({ session, scope }: RunPlace, { threadId, runId }: RunRequest): Promise<boolean> {
  const { memo } = await session.client.workflow.getHandle(threadWorkflowId(scope, threadId)).describe();
  return memo?.runId === runId;
}

/** The run that holds the thread; none while its workflow only has to close. Rows that wait for their workflow hold nothing. */
async function activeRun({ store }: RunPlace, { threadId }: RunRequest): Promise<RunRecord | undefined> {
  const { items } = await store.runs.list({ threadId, status: "running", limit: 1 });
  return items[0];
}

/** Signal-with-start: whether or not the thread is busy, the prompt is recorded once. */
async function enqueue(place: RunPlace, request: RunRequest): Promise<void> {
  const { runId, agent } = request;
  await place.session.client.workflow.signalWithStart("agentTurn", {
    ...startOptions(place, request),
    signal: "prompt",
    signalArgs: [{ runId, agent, app: place.app.app, manifest: place.app.spec.manifest.hash }],
  });
}

/** Skips a round trip to the task queue when this process also is the worker. */
function eager({ session }: RunPlace): { requestEagerStart?: true } {
  return session.worker === null ? {} : { requestEagerStart: true };
}

function startOptions(
  { session, app, scope }: RunPlace,
  { runId, threadId, agent, prompt }: RunRequest,
): WorkflowStartOptions & { args: [TurnInput] } {
  const { tenant, workspace } = scope;
  const heartbeatMs = session.heartbeatMs;
  const input: TurnInput = {
    app: app.app,
    threadId,
    runId,
    agent,
    tenant,
    workspace,
    stored: true,
    manifest: app.spec.manifest.hash,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
  };
  return {
    workflowId: threadWorkflowId(scope, threadId),
    taskQueue: session.taskQueue,
    args: [input],
    memo: { app: app.app, agent, runId },
    staticSummary: preview(`${agent}: ${prompt}`, PREVIEW_CHARS),
    ...(session.hasSearchAttributes
      ? { typedSearchAttributes: turnAttributes({ tenant, workspace, thread: threadId, run: runId }) }
      : {}),
  };
}
