import { Client, Connection } from "@temporalio/client";
import { defineTool, type Runtime } from "bridle";
import * as z from "zod";
import { AGENT, benchApp, noop, script, workflowIdOf } from "./bench-app.ts";
import { printTable } from "./measure.ts";
import type { BenchReport } from "./report.ts";
import { openRig, openRuntime } from "./rig.ts";
import { type HistorySize, historySize, perStep } from "./run-history.ts";

const FEW_STEPS = 5;
const MORE_STEPS = 15;
/** One prompt, a call and a result per step, and an answer: five hundred messages. */
const FILLING_STEPS = 249;
const MANY_STEPS = 200;
const LARGE_BYTES = 50 * 1024;

const EVENTS_BUDGET = 12;
const BYTES_BUDGET = 4096;
const MANY_STEPS_BUDGET = 1_000_000;

const weigh = defineTool({
  name: "weigh",
  description: "Returns much.",
  input: z.strictObject({ pad: z.string() }),
  handler: () => "x".repeat(LARGE_BYTES),
});

/** Reads real histories: what one step adds at the start of a thread and far into it, and what a long turn over large messages weighs. */
export async function history(): Promise<BenchReport> {
  await using rig = await openRig();
  await using runtime = await openRuntime(rig, benchApp(noop, weigh));
  const connection = await Connection.connect({ address: rig.address });
  const bench: Bench = { runtime, client: new Client({ connection }) };
  try {
    const early = await step(bench, ["early-few", "early-more"]);
    await ask(bench, "late", script(noop.name, FILLING_STEPS));
    const late = await step(bench, ["late", "late"]);
    const pad = "p".repeat(LARGE_BYTES / MANY_STEPS);
    const large = await ask(bench, "large", script(weigh.name, MANY_STEPS, { pad }));
    return report(early, late, large);
  } finally {
    await connection.close();
  }
}

interface Bench {
  readonly runtime: Runtime;
  readonly client: Client;
}

interface Cost extends HistorySize {
  readonly ms: number;
}

/** Everything that a turn has once is in both of two turns; what is left over is the steps. */
async function step(bench: Bench, [few, more]: readonly [string, string]): Promise<Cost> {
  const shorter = await ask(bench, few, script(noop.name, FEW_STEPS));
  const longer = await ask(bench, more, script(noop.name, MORE_STEPS));
  return { ...perStep(longer, shorter, MORE_STEPS - FEW_STEPS), ms: longer.ms / MORE_STEPS };
}

async function ask({ runtime, client }: Bench, threadId: string, prompt: string): Promise<Cost> {
  const start = performance.now();
  const { status, text } = await runtime.runSpecialist(AGENT, prompt, { threadId }).result();
  const ms = performance.now() - start;
  if (status !== "completed" || text !== "Done.") throw new Error(`the turn on ${threadId} ended ${status}: ${text}`);
  // The last events of a history come after those of the run.
  await client.workflow.getHandle(workflowIdOf(threadId)).result();
  return { ...(await historySize(client, workflowIdOf(threadId))), ms };
}

function report(early: Cost, late: Cost, large: Cost): BenchReport {
  const row = (what: string, { events, bytes, ms }: Cost, count = 1): Record<string, string | number> => ({
    what,
    events: events / count,
    bytes: bytes / count,
    ms: ms / count,
  });
  const long = `${MANY_STEPS} steps over ${LARGE_BYTES / 1024} KB messages`;
  printTable([
    row("a step, at message 1", early),
    row(`a step, at message ${2 * FILLING_STEPS + 2}`, late),
    row(long, large),
    row(`${long}, a step`, large, MANY_STEPS),
  ]);
  const eventsPerStep = Math.max(early.events, late.events);
  const bytesPerStep = Math.max(early.bytes, late.bytes);
  return {
    figures: { eventsPerStep, bytesPerStep, bytes200Steps: large.bytes },
    budgets: [
      { what: "events per step", value: eventsPerStep, atMost: EVENTS_BUDGET },
      { what: "bytes per step", value: bytesPerStep, atMost: BYTES_BUDGET },
      { what: "bytes per step, late / early", value: late.bytes / early.bytes, atMost: 1.02 },
      { what: `bytes of ${MANY_STEPS} steps over large messages`, value: large.bytes, atMost: MANY_STEPS_BUDGET },
    ],
  };
}
