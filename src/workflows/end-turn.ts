import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  log,
  proxyActivities,
} from "@temporalio/workflow";
import type { ErrorCode, ErrorInfo } from "../protocol/errors.ts";
import type { FinishReason } from "../protocol/event.ts";
import type { EndTurnInput, QueuedPrompt, TurnActivities } from "../protocol/turn.ts";
import type { OpenTurn } from "./open-turn.ts";
import { endPolicy } from "./policies.ts";

const { endTurn: endTurnActivity } = proxyActivities<TurnActivities>(endPolicy(undefined));

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
  const { step, slice } = turn.state;
  const input: EndTurnInput = {
    ref: turn.ref,
    status,
    finish,
    step,
    ...(error === undefined ? {} : { error }),
    ...(parent === undefined ? {} : { parent }),
    ...(slice === null ? { first: turn.first } : {}),
  };
  try {
    await endTurn(turn, input);
  } catch (refused) {
    // A turn whose very input was refused has no run to close; what stopped it is the failure to show, not this one.
    log.warn("The end of the turn could not be recorded.", { reason: failureInfo(refused).message });
  }
}

/** Closes runs that waited behind this turn and will never start. */
export async function closeDropped(turn: OpenTurn): Promise<void> {
  for (const prompt of turn.inbox.takeDropped()) await closeDroppedRun(turn, prompt);
}

async function closeDroppedRun(turn: OpenTurn, prompt: QueuedPrompt): Promise<void> {
  const ref = { ...turn.ref, runId: prompt.runId, turn: prompt.runId };
  await endTurn(turn, { ref, status: "cancelled", finish: "cancelled", step: 0 });
}

/** Also while the workflow is being cancelled. */
function endTurn(turn: OpenTurn, input: EndTurnInput): Promise<void> {
  const heartbeatMs = turn.state.slice?.heartbeatMs ?? turn.input.heartbeatMs;
  const options = endPolicy(heartbeatMs);
  return CancellationScope.nonCancellable(() => endTurnActivity.executeWithOptions(options, [input]));
}

/** What to tell readers about whatever stopped a turn. */
export function failureInfo(error: unknown): ErrorInfo {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return fromFailure(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
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
