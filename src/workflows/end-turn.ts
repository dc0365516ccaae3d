import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  log,
  proxyActivities,
} from "@temporalio/workflow";
import { thrownMessage } from "../lib/thrown-text.ts";
import type { ErrorCode, ErrorInfo } from "../protocol/errors.ts";
import type { FinishReason } from "../protocol/event.ts";
import { QUEUED_PROMPTS } from "../protocol/limits/turn.ts";
import type { EndTurnInput, TurnActivities } from "../protocol/turn.ts";
import type { OpenTurn } from "./open-turn.ts";
import { endPolicy } from "./policies.ts";
import type { DroppedPrompt } from "./turn-inbox.ts";

const { endTurn } = proxyActivities<TurnActivities>(endPolicy(undefined));

/** How a turn ended that its last model step could not close. */
export interface BadEnd {
  readonly kind: "bad";
  readonly status: "failed" | "cancelled";
  readonly finish: FinishReason;
  readonly error?: ErrorInfo;
}

/** Records the end of a turn for its readers, also while the workflow is being cancelled. */
export async function closeTurn(turn: OpenTurn, { status, finish, error }: BadEnd): Promise<void> {
  const { parent } = turn.input;
  await recordEnd(turn, {
    ref: turn.ref,
    status,
    finish,
    step: turn.state.step,
    executionId: turn.first.executionId,
    ...(error === undefined ? {} : { error }),
    ...(parent === undefined ? {} : { parent }),
  });
}

/** A turn whose very input was refused has no run to close; what stopped it is the failure to show, not this one. */
async function recordEnd(turn: OpenTurn, input: EndTurnInput): Promise<void> {
  const options = endPolicy(turn.state.slice?.heartbeatMs ?? turn.input.heartbeatMs);
  try {
    await CancellationScope.nonCancellable(() => endTurn.executeWithOptions(options, [input]));
  } catch (refused) {
    log.warn("The end of a turn could not be recorded.", { reason: failureInfo(refused).message });
  }
}

/**
 * Closes runs that waited behind this turn and will never start, as soon as that is known and until `isOver`. Runs beside the turn
 * and survives its cancellation.
 */
export async function closeDropped(turn: OpenTurn, isOver: () => boolean): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    for (;;) {
      await condition(() => turn.inbox.dropped.length > 0 || isOver());
      const [dropped] = turn.inbox.dropped;
      if (dropped === undefined) return;
      turn.atDesks += 1;
      await recordEnd(turn, droppedEnd(turn, dropped));
      turn.inbox.forgetDropped();
      turn.atDesks -= 1;
    }
  });
}

function droppedEnd(turn: OpenTurn, { prompt, reason }: DroppedPrompt): EndTurnInput {
  const { agent: _, ...rest } = turn.ref;
  const agent = prompt.agent === undefined ? {} : { agent: prompt.agent };
  // In the name of this turn's app, which has a worker: the prompt's own may have none, and nothing of it is needed.
  const ref = { ...rest, ...agent, runId: prompt.runId, turn: prompt.runId };
  const { executionId } = turn.first;
  if (reason === "cancelled") return { ref, status: "cancelled", finish: "cancelled", step: 0, executionId };
  return { ref, status: "failed", finish: "error", error: QUEUE_FULL, step: 0, executionId };
}

const QUEUE_FULL: ErrorInfo = {
  code: "QUEUE_FULL",
  message: `${QUEUED_PROMPTS} prompts wait for this thread already.`,
  hint: "Wait for some of them, cancel one, or use another thread.",
};

/** What to tell readers about whatever stopped a turn. */
export function failureInfo(error: unknown): ErrorInfo {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return fromFailure(cause);
  const message = thrownMessage(cause);
  return { code: "INTERNAL", message: `The turn stopped: ${message}` };
}

/** The failure that Temporal shows for a turn that failed. */
export function turnFailure(error: ErrorInfo): ApplicationFailure {
  return ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: true, details: [error] });
}

/** The failure that makes Temporal show a turn as cancelled. */
export function turnCancelled(): CancelledFailure {
  return new CancelledFailure("The turn was cancelled.");
}

/** Our activities put the error's travelling part into the first detail; the type is its code. */
function fromFailure(failure: ApplicationFailure): ErrorInfo {
  const [detail] = failure.details ?? [];
  if (isErrorInfo(detail)) return detail;
  return { code: (failure.type ?? "INTERNAL") as ErrorCode, message: failure.message };
}

function isErrorInfo(detail: unknown): detail is ErrorInfo {
  return typeof detail === "object" && detail !== null && "code" in detail && "message" in detail;
}
