import { Context } from "@temporalio/activity";

/** A missed beat must not look like death: beat this many times per heartbeat timeout. */
const BEATS_PER_TIMEOUT = 5;

/**
 * Heartbeats while an activity runs, so that a dead worker is noticed and a cancel arrives. The pace comes from the activity's own
 * timeout: the run chose it, and this worker's settings may be others.
 */
export async function whileBeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const { heartbeatTimeoutMs } = context.info;
  if (heartbeatTimeoutMs === undefined) return work();
  const timer = setInterval(() => context.heartbeat(), heartbeatTimeoutMs / BEATS_PER_TIMEOUT);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
