import { type BareWorker, bundleBare, startBareWorker } from "./bare-worker.ts";
import { median, percentile, printTable, timed } from "./measure.ts";
import type { BenchReport } from "./report.ts";
import { openRig } from "./rig.ts";

const ACTIVITIES = 10;
const WARM_UP = 3;
const PAIRS = 20;
const RATIO_GOAL = 5;

/** Compares how long an activity takes from step to step on the server as we start it and as it comes. Both keep a file. */
export async function dispatch(): Promise<BenchReport> {
  const bundle = await bundleBare();
  await using tunedRig = await openRig();
  await using untunedRig = await openRig({ tuned: false });
  await using tuned = await startBareWorker(tunedRig.address, bundle);
  await using untuned = await startBareWorker(untunedRig.address, bundle);
  const tunedMs: number[] = [];
  const untunedMs: number[] = [];
  for (let pair = 0; pair < WARM_UP + PAIRS; pair++) {
    const times = [await timedRun(tuned), await timedRun(untuned)] as const;
    if (pair < WARM_UP) continue;
    tunedMs.push(times[0]);
    untunedMs.push(times[1]);
  }
  printTable([row("as it comes", untunedMs), row("as we start it", tunedMs)]);
  const ratio = median(untunedMs) / median(tunedMs);
  return {
    figures: { ratio, tunedMs: perActivity(tunedMs), untunedMs: perActivity(untunedMs) },
    budgets: [{ what: "untuned / tuned", value: ratio, atLeast: RATIO_GOAL }],
  };
}

function timedRun(worker: BareWorker): Promise<number> {
  return timed(() => worker.run(ACTIVITIES));
}

function row(server: string, values: readonly number[]): Record<string, string | number> {
  return {
    server,
    [`${ACTIVITIES} activities p50 ms`]: median(values),
    "p95 ms": percentile(values, 95),
    "ms per activity": perActivity(values),
  };
}

function perActivity(values: readonly number[]): number {
  return median(values) / ACTIVITIES;
}
