import { setTimeout as sleep } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { defineTool, type RunEvent, type Runtime } from "bridle";
import * as z from "zod";
import { AGENT, benchApp, script, workflowIdOf } from "./bench-app.ts";
import { printTable, timed } from "./measure.ts";
import type { BenchReport } from "./report.ts";
import { openRig, openRuntime } from "./rig.ts";
import { historySize } from "./run-history.ts";

const READERS = 1_000;
const STEPS = 20;
/** So that all readers are there while the run goes on, and long enough for whatever is done from time to time. */
const TOOL_MS = 300;
/** How much longer the run may take when all read it in its own process. */
const SLOWDOWN_BUDGET = 1.5;

const work = defineTool({
  name: "work",
  description: "Takes a moment.",
  input: z.strictObject({}),
  handler: async (_, { progress }) => {
    progress({ state: "begun" });
    await sleep(TOOL_MS);
    return { done: true };
  },
});

/** Lets many readers follow one run while it goes on and read it again afterwards; its history must not know of them. */
export async function readers(): Promise<BenchReport> {
  await using rig = await openRig();
  await using runtime = await openRuntime(rig, benchApp(work));
  const connection = await Connection.connect({ address: rig.address });
  try {
    const client = new Client({ connection });
    const alone = await watchedRun({ runtime, client }, "alone", 1);
    const watched = await watchedRun({ runtime, client }, "watched", READERS);
    const aloneEvents = (await historySize(client, workflowIdOf("alone"))).events;
    const whileRunning = (await historySize(client, workflowIdOf("watched"))).events;
    const afterwardsMs = await timed(async () =>
      watched.seen.push(...(await readAll(runtime, watched.runId, READERS))),
    );
    const afterwards = (await historySize(client, workflowIdOf("watched"))).events;
    printTable([
      { what: "alone", readers: 1, "history events": aloneEvents, "run events": alone.seen[0] ?? 0, ms: alone.ms },
      {
        what: "while it runs",
        readers: READERS,
        "history events": whileRunning,
        "run events": watched.seen[0] ?? 0,
        ms: watched.ms,
      },
      {
        what: "afterwards",
        readers: READERS,
        "history events": afterwards,
        "run events": watched.seen.at(-1) ?? 0,
        ms: afterwardsMs,
      },
    ]);
    const { seen } = watched;
    return report({
      extraEvents: afterwards - aloneEvents,
      slowdown: watched.ms / alone.ms,
      seen,
      expected: alone.seen[0] ?? 0,
    });
  } finally {
    await connection.close();
  }
}

interface Bench {
  readonly runtime: Runtime;
  readonly client: Client;
}

interface Watched {
  readonly runId: string;
  /** How many events each reader got, of those without a gap. */
  readonly seen: number[];
  readonly ms: number;
}

async function watchedRun({ runtime, client }: Bench, threadId: string, count: number): Promise<Watched> {
  const start = performance.now();
  const run = runtime.runSpecialist(AGENT, script(work.name, STEPS), { threadId });
  await run.started;
  const seen = [...(await readAll(runtime, run.runId, count))];
  const { status } = await run.result();
  if (status !== "completed") throw new Error(`the run ended ${status}`);
  // The last events of a history come after those of the run.
  await client.workflow.getHandle(workflowIdOf(threadId)).result();
  return { runId: run.runId, seen, ms: performance.now() - start };
}

function readAll(runtime: Runtime, runId: string, count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, () => countEvents(runtime.events(runId))));
}

async function countEvents(events: AsyncIterable<RunEvent>): Promise<number> {
  let last = 0;
  for await (const { seq } of events) {
    if (seq !== last + 1) throw new Error(`a reader got event ${seq} after event ${last}`);
    last = seq;
  }
  return last;
}

interface Findings {
  readonly extraEvents: number;
  readonly slowdown: number;
  readonly seen: readonly number[];
  readonly expected: number;
}

function report({ extraEvents, slowdown, seen, expected }: Findings): BenchReport {
  const complete = seen.filter((count) => count === expected).length;
  return {
    figures: { readers: READERS, extraEvents, slowdown },
    budgets: [
      { what: "history events more than without readers", value: extraEvents, atMost: 0 },
      { what: `readers that got all ${expected} events`, value: complete, atLeast: 2 * READERS },
      { what: "run time with readers / without", value: slowdown, atMost: SLOWDOWN_BUDGET },
    ],
  };
}
