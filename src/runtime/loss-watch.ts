import type { RunId } from "../protocol/ids.ts";
import { reconcileRun } from "./reconcile-run.ts";
import type { ScopePlace } from "./run-place.ts";

/** How long a silent run is waited for before its workflow is looked at, and between looks. */
const LOOK_EVERY_MS = 5_000;

/** Ends runs whose workflow is gone, so that reading one always ends. A run is looked at once per interval, however many read it. */
export class LossWatch {
  readonly #watched = new Map<string, { readers: number; readonly timer: NodeJS.Timeout }>();

  /** Looks after a run until the returned function is called. */
  start(place: ScopePlace, runId: RunId): () => void {
    const key = `${place.app.tenant}/${place.app.workspace}/${runId}`;
    const watched = this.#watched.get(key) ?? { readers: 0, timer: lookRegularly(place, runId) };
    this.#watched.set(key, watched);
    watched.readers += 1;
    return () => {
      watched.readers -= 1;
      if (watched.readers > 0) return;
      clearInterval(watched.timer);
      this.#watched.delete(key);
    };
  }
}

function lookRegularly(place: ScopePlace, runId: RunId): NodeJS.Timeout {
  const look = async (): Promise<void> => {
    const run = await place.store.runs.get(runId);
    if (run !== null) await reconcileRun(place, run);
  };
  // A look that fails (the server is down) is repeated by the next one.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  return timer.unref();
}
