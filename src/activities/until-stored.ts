import { setTimeout as sleep } from "node:timers/promises";
import { StateError } from "../protocol/errors.ts";
import { STORE_PATIENCE_MS } from "../protocol/limits/store.ts";
import { callSignal } from "./call-signal.ts";
import type { ActivityHost } from "./host.ts";

/**
 * Records what only this attempt knows. A store that is away for a while is asked again for as long as somebody waits for the attempt:
 * one that gave up would leave a doubt behind where there was none, or have a model paid for twice.
 */
export async function untilStored<T>(
  host: ActivityHost,
  write: () => Promise<T>,
  abandoned: AbortSignal = callSignal(host),
): Promise<T> {
  const until = Date.now() + STORE_PATIENCE_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await write();
    } catch (error) {
      if (!isAway(error) || abandoned.aborted || Date.now() + pauseMs >= until) throw error;
    }
    await sleep(pauseMs);
  }
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** Locked, full or not to be reached; that another attempt took over is no reason to try again here. */
function isAway(error: unknown): boolean {
  return error instanceof StateError && error.retryable && error.code.startsWith("STORE_");
}
