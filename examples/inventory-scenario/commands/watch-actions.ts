import { setInterval as every } from "node:timers/promises";
import type { Runtime } from "bridle";

/** Often enough to follow, and one small read each time. */
const LOOK_MS = 400;

/** Says what becomes of each action of a plan while it is applied, and what keeps one waiting. */
export async function watchActions(runtime: Runtime, planId: string, signal: AbortSignal): Promise<void> {
  const told = new Set<string>();
  try {
    for await (const _ of every(LOOK_MS, undefined, { signal })) {
      const lines = (await runtime.plans.actions(planId)).map(lineOf);
      for (const line of lines) {
        if (line === undefined || told.has(line)) continue;
        told.add(line);
        console.log(line);
      }
    }
  } catch (error) {
    // The story is over or someone leaves; nobody needs to be told that the watching ends too.
    if (!signal.aborted) throw error;
  }
}

type Action = Awaited<ReturnType<Runtime["plans"]["actions"]>>[number];

function lineOf({ index, state, attempts, summary, error }: Action): string | undefined {
  const name = `  action ${index + 1}`;
  if (state === "done") return `${name}: ${summary ?? "done"}`;
  if (error === null) return undefined;
  const hint = error.hint === undefined ? "" : `\n      fix: ${error.hint}`;
  return state === "intent"
    ? `${name} waits after attempt ${attempts}: ${error.message}${hint}`
    : `${name} ${state}: ${error.message}${hint}`;
}
