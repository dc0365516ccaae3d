import { setInterval as every } from "node:timers/promises";
import type { Runtime } from "bridle";

/** Often enough to follow, and one small read each time. */
const LOOK_MS = 400;

/** Looks a last time and ends. */
export type StopWatching = () => Promise<void>;

/** Says what becomes of each action of a plan, and what keeps one waiting, until it is stopped. */
export function watchActions(runtime: Runtime, planId: string): StopWatching {
  const over = new AbortController();
  const watching = watch(runtime, planId, over.signal);
  watching.catch(() => over.abort()); // whoever stops it hears of it
  return () => {
    over.abort();
    return watching;
  };
}

/** Where nothing is applied there is nothing to stop. */
export const watchNothing: StopWatching = () => Promise.resolve();

async function watch(runtime: Runtime, planId: string, over: AbortSignal): Promise<void> {
  const told = new Set<string>();
  const look = async (): Promise<void> => {
    for (const line of (await runtime.plans.actions(planId)).map(lineOf)) {
      if (line === undefined || told.has(line)) continue;
      told.add(line);
      console.log(line);
    }
  };
  try {
    for await (const _ of every(LOOK_MS, undefined, { signal: over })) await look();
  } catch (error) {
    if (!over.aborted) throw error;
  }
  await look();
}

type Action = Awaited<ReturnType<Runtime["plans"]["actions"]>>[number];

function lineOf({ index, state, attempts, summary, error }: Action): string | undefined {
  const name = `  action ${index}`;
  if (state === "done") return `${name}: ${summary ?? "done"}`;
  if (error === null) return undefined;
  const hint = error.hint === undefined ? "" : `\n      fix: ${error.hint}`;
  return state === "intent"
    ? `${name} waits after attempt ${attempts}: ${error.message}${hint}`
    : `${name} ${state}: ${error.message}${hint}`;
}
