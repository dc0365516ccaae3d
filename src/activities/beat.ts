import { Context } from "@temporalio/activity";

/** A missed beat must not look like death: beat this many times per heartbeat timeout. */
const BEATS_PER_TIMEOUT = 5;

/** Heartbeats while work runs, so that a dead worker is noticed and a cancel arrives. */
export async function whileBeating<T>(heartbeatMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), heartbeatMs / BEATS_PER_TIMEOUT);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
