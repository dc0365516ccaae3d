import { DEFAULT_HEARTBEAT_MS } from "../protocol/limits/turn.ts";

/** Timings that an operator may change. */
export interface WorkerKnobs {
  /** A silent activity is taken for dead after this long. */
  readonly heartbeatMs?: number;
  /** How long a workflow task waits for the worker that last had it. */
  readonly stickyTimeoutMs?: number;
  /** How long running activities may go on after a stop was asked for. */
  readonly graceMs?: number;
}

/** A dead worker's queue is given up after this long; the SDK's default of ten seconds is most of a recovery. */
const STICKY_TIMEOUT_MS = 1_000;
const GRACE_MS = 4_000;

/** The timings that hold: what the operator said, or our own. */
export function timings(knobs: WorkerKnobs = {}): Required<WorkerKnobs> {
  const { heartbeatMs = DEFAULT_HEARTBEAT_MS, stickyTimeoutMs = STICKY_TIMEOUT_MS, graceMs = GRACE_MS } = knobs;
  return { heartbeatMs, stickyTimeoutMs, graceMs };
}
