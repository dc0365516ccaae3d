import type { ActivityOptions } from "@temporalio/workflow";
import { ActivityCancellationType } from "@temporalio/workflow";
import { DISPATCH_TIMEOUT_MS } from "../protocol/limits/dispatch.ts";
import { PREDICATE_TIMEOUT_MS } from "../protocol/limits/gate.ts";
import { MODEL_CALL_TIMEOUT_MS } from "../protocol/limits/model.ts";
import { PREFLIGHT_TIMEOUT_MS } from "../protocol/limits/plan.ts";
import { DEFAULT_HEARTBEAT_MS } from "../protocol/limits/turn.ts";

/** Room for storing a result after the tool itself was given up on. */
const TOOL_MARGIN_MS = 10_000;

/**
 * The activities decide when to give up (they know a lost worker from a refused key); this only keeps a poisoned task from
 * looping for ever.
 */
const ATTEMPT_CEILING = 200;

const RETRY = {
  initialInterval: "1s",
  backoffCoefficient: 2,
  maximumInterval: "30s",
  maximumAttempts: ATTEMPT_CEILING,
} as const;

/** A model call may stream for long; the heartbeat tells a slow model from a dead worker. Cancel waits for the partial text. */
export function modelPolicy(heartbeatMs: number | undefined): ActivityOptions {
  return {
    startToCloseTimeout: MODEL_CALL_TIMEOUT_MS,
    heartbeatTimeout: heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
    retry: RETRY,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

/**
 * A tool is bounded by its own timeout first. Also one that must happen once may be tried again: the journal knows whether it was
 * begun, and a tool that was is not begun again.
 */
export function toolPolicy(timeoutMs: number, heartbeatMs: number | undefined): ActivityOptions {
  return {
    startToCloseTimeout: timeoutMs + TOOL_MARGIN_MS,
    heartbeatTimeout: heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
    retry: RETRY,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

/** Closing a turn is one store transaction and must not be given up on: without it the run would look alive for ever. */
export function endPolicy(heartbeatMs: number | undefined): ActivityOptions {
  return {
    startToCloseTimeout: "30s",
    heartbeatTimeout: heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
    retry: { initialInterval: "1s", backoffCoefficient: 2, maximumInterval: "1m" },
  };
}

/** Judging and recording a decision is one store transaction; a person waits for it, and it must not be lost. */
export const DECISION_POLICY: ActivityOptions = endPolicy(undefined);

/**
 * The same, for as long as reading much data takes: an attempt that was cut off would only begin again. Nothing is applied in it, so that
 * a cancel does not wait for it.
 */
export const PREFLIGHT_POLICY: ActivityOptions = {
  ...DECISION_POLICY,
  startToCloseTimeout: PREFLIGHT_TIMEOUT_MS,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
};

/** A turn that is cancelled takes its request back, which must not come before the request itself. */
export const REQUEST_POLICY: ActivityOptions = {
  ...DECISION_POLICY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};

/** Opening a gate may ask a predicate, which has its own time; it is tried again like a decision. */
export const GATE_POLICY: ActivityOptions = {
  ...DECISION_POLICY,
  startToCloseTimeout: PREDICATE_TIMEOUT_MS + TOOL_MARGIN_MS,
  // A turn that is cancelled closes its gates; none may open behind its back.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};

/** Timers longer than this are begun again. */
export const LONGEST_TIMER_MS = 30 * 24 * 60 * 60 * 1000;

/** One action. Whether to call the target again is the ledger's to decide, not Temporal's: the activity itself may always run again. */
export function dispatchPolicy(heartbeatMs: number | undefined): ActivityOptions {
  return {
    startToCloseTimeout: DISPATCH_TIMEOUT_MS,
    heartbeatTimeout: heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
    retry: { initialInterval: "1s", backoffCoefficient: 2, maximumInterval: "1m" },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}
