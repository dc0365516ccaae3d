import type { Client } from "@temporalio/client";
import type { Runtime } from "bridle";
import { bundleBare, startBareWorker } from "./bare-worker.ts";
import { AGENT, benchApp, noop, script, workflowIdOf } from "./bench-app.ts";
import { median, percentile, printTable, timed } from "./measure.ts";
import type { BenchReport } from "./report.ts";
import { openRig, openRuntime } from "./rig.ts";

const WARM_UP = 15;
const PAIRS = 80;
/** Model, tool, model. */
const ACTIVITIES = 3;
const RATIO_BUDGET = 1.5;

/** Compares a turn of model, tool, model at zero cost with a bare workflow of three activities, on one server, in turns. */
export async function turn(): Promise<BenchReport> {
  await using rig = await openRig();
  await using bare = await startBareWorker(rig.address, await bundleBare());
  await using runtime = await openRuntime(rig, benchApp(noop));
  const ours: TurnTimes[] = [];
  const theirs: number[] = [];
  for (let pair = 0; pair < WARM_UP + PAIRS; pair++) {
    const isOursFirst = pair % 2 === 0;
    const first = isOursFirst ? await timedTurn(runtime, bare.client, pair) : undefined;
    const bareMs = await timed(() => bare.run(ACTIVITIES));
    const times = first ?? (await timedTurn(runtime, bare.client, pair));
    if (pair < WARM_UP) continue;
    ours.push(times);
    theirs.push(bareMs);
  }
  return report(ours, theirs);
}

interface TurnTimes {
  /** Until a reader has the answer. */
  readonly finishMs: number;
  /** Until the workflow has completed, which is what a bare workflow's result tells. */
  readonly resultMs: number;
}

async function timedTurn(runtime: Runtime, client: Client, number: number): Promise<TurnTimes> {
  const threadId = `thread-${number}`;
  const start = performance.now();
  let result: Promise<unknown> | undefined;
  for await (const _ of runtime.runSpecialist(AGENT, script(noop.name, 1), { threadId })) {
    result ??= client.workflow.getHandle(workflowIdOf(threadId)).result();
  }
  const finishMs = performance.now() - start;
  await result;
  return { finishMs, resultMs: performance.now() - start };
}

function report(ours: readonly TurnTimes[], bareMs: readonly number[]): BenchReport {
  const resultMs = ours.map((times) => times.resultMs);
  const bareP50Ms = median(bareMs);
  const row = (what: string, values: readonly number[]): Record<string, string | number> => ({
    what,
    "p50 ms": median(values),
    "p95 ms": percentile(values, 95),
    "ratio of p50": median(values) / bareP50Ms,
  });
  printTable([
    row("bare workflow, result", bareMs),
    row("our turn, result", resultMs),
    row(
      "our turn, finish event",
      ours.map((times) => times.finishMs),
    ),
  ]);
  const p50Ms = median(resultMs);
  const ratio = p50Ms / bareP50Ms;
  return {
    figures: { ratio, p50Ms, bareP50Ms },
    budgets: [{ what: "turn / bare workflow", value: ratio, atMost: RATIO_BUDGET }],
  };
}
