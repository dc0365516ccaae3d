import { BridleError } from "../../protocol/errors.ts";
import { COLLECT_EVERY_MS, COLLECT_MARGIN_MS } from "../../protocol/limits/store.ts";
import type { StateStore } from "../port.ts";

/**
 * Removes expired values now and then for as long as a worker runs; any number of workers may do it side by side. What it
 * returns stops it and resolves when nothing is being removed any more.
 */
export function collectRegularly(
  store: Pick<StateStore, "collect">,
  onTrouble: (error: unknown) => void,
): () => Promise<void> {
  let collecting: Promise<unknown> | null = null;
  const collect = (): void => {
    collecting ??= store
      .collect(new Date(Date.now() - COLLECT_MARGIN_MS))
      .catch((error: unknown) => {
        // A store that is away is asked again next time; whatever else it is used for says so.
        if (!(error instanceof BridleError && error.retryable)) onTrouble(error);
      })
      .finally(() => (collecting = null));
  };
  const timer = setInterval(collect, COLLECT_EVERY_MS);
  timer.unref();
  collect();
  return async () => {
    clearInterval(timer);
    await collecting;
  };
}
