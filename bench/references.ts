import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import type { Runtime } from "bridle";
import { hydrate } from "../src/dispatch/hydrate.ts";
import { Scope } from "../src/protocol/ids.ts";
import { openStateStore } from "../src/state/open-state-store.ts";
import { printTable, timed } from "./measure.ts";
import {
  countingDispatcher,
  executePrompt,
  planPrompt,
  productIds,
  productSet,
  referencesApp,
} from "./references-app.ts";
import type { BenchReport } from "./report.ts";
import { openRig, openRuntime } from "./rig.ts";
import { historySize } from "./run-history.ts";

const FEW = 10;
const MANY = 1_000_000;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 7;
/** What two runs of one script differ in by chance: the varints of times and ids. */
const NOISE = 1.01;
const RATIO_BUDGET = 2;
const RSS_BUDGET_MB = 1_024;

/** A plan over ten ids against one over a million: what the model is sent, what is decided on, what Temporal keeps, and the time. */
export async function references(): Promise<BenchReport> {
  await using rig = await openRig();
  const seen: number[] = [];
  const options = { actionDispatcher: countingDispatcher(seen) };
  await using runtime = await openRuntime(rig, referencesApp, options);
  const connection = await Connection.connect({ address: rig.address });
  try {
    const client = new Client({ connection });
    await weigh(runtime, client, { name: "warm", count: FEW });
    const few = await weigh(runtime, client, { name: "few-", count: FEW });
    const many = await weigh(runtime, client, { name: "many", count: MANY });
    if (seen.join() !== [FEW, FEW, MANY].join()) throw new Error(`the target saw ${seen.join(", ")} ids`);
    const rssMb = process.resourceUsage().maxRSS / 1024;
    printTable([
      { ids: FEW, ...few },
      { ids: MANY, ...many },
    ]);
    return report({ few, many, rssMb }, await storing(rig.home, runtime));
  } finally {
    await connection.close();
  }
}

interface Weight {
  readonly promptBytes: number;
  readonly planBytes: number;
  readonly historyBytes: number;
  readonly ms: number;
}

async function weigh(
  runtime: Runtime,
  client: Client,
  { name, count }: { readonly name: string; readonly count: number },
): Promise<Weight> {
  const planId = `plan-${name}`;
  const threads = { planner: `planner-${name}`, executor: `executor-${name}` };
  const ms = await timed(async () => {
    await finished(runtime.runSpecialist("planner", planPrompt(planId, count), { threadId: threads.planner }));
    await finished(runtime.runSpecialist("executor", executePrompt(planId), { threadId: threads.executor }));
  });
  const { status } = await runtime.plans.get(planId);
  if (status !== "executed") throw new Error(`the plan is ${status}`);
  const scope = "bench/default";
  const ids = [`${scope}/thread/${threads.planner}`, `${scope}/thread/${threads.executor}`, `${scope}/plan/${planId}`];
  const sizes = await Promise.all(ids.map((id) => historySize(client, id)));
  const transcripts = await Promise.all(Object.values(threads).map((id) => runtime.threads.transcript(id)));
  return {
    promptBytes: JSON.stringify(transcripts).length,
    planBytes: JSON.stringify((await runtime.plans.revisions(planId)).map(({ body }) => body)).length,
    historyBytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
    ms,
  };
}

async function finished(run: ReturnType<Runtime["runSpecialist"]>): Promise<void> {
  const { status } = await run.result();
  if (status !== "completed") throw new Error(`the run ended ${status}`);
}

interface StoringTimes {
  readonly bareMs: number;
  readonly oursMs: number;
}

/** Checking, storing and hydrating a value, against writing the same value to a file as JSON and reading it. */
async function storing(home: string, runtime: Runtime): Promise<StoringTimes> {
  const store = await openStateStore({ url: `sqlite:${join(home, "state.db")}` });
  const scoped = store.in(Scope.parse({ tenant: "bench", workspace: "default" }));
  const file = join(home, "bare.json");
  const bare: number[] = [];
  const ours: number[] = [];
  try {
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      // Another value every time: one that is known is not stored again.
      const ids = [`round-${round}`, ...productIds(MANY)];
      bare.push(
        await timed(async () => {
          writeFileSync(file, JSON.stringify(ids));
          if (JSON.parse(readFileSync(file, "utf8")).length !== ids.length) throw new Error("the file lost ids");
        }),
      );
      ours.push(
        await timed(async () => {
          const { kind, id } = await runtime.createReference(productSet, ids);
          const values = (await hydrate(scoped.references, [{ kind, id }]))[kind]?.[id];
          if (!Array.isArray(values) || values.length !== ids.length) throw new Error("the store lost ids");
        }),
      );
    }
  } finally {
    await store.close();
  }
  // The best round of each: what else the machine does in half a second is no property of either.
  const times = { bareMs: Math.min(...bare.slice(WARM_UP_ROUNDS)), oursMs: Math.min(...ours.slice(WARM_UP_ROUNDS)) };
  console.log("");
  printTable([
    { [`${MANY} ids`]: "write and read a file as JSON", "best ms": times.bareMs },
    { [`${MANY} ids`]: "check, store and hydrate a reference", "best ms": times.oursMs },
  ]);
  return times;
}

function report(
  { few, many, rssMb }: { readonly few: Weight; readonly many: Weight; readonly rssMb: number },
  { bareMs, oursMs }: StoringTimes,
): BenchReport {
  const ratio = oursMs / bareMs;
  const grows = (["promptBytes", "planBytes", "historyBytes"] as const).map((what) => ({
    what: `${what} of a million ids to those of ten`,
    value: many[what] / few[what],
    atMost: NOISE,
  }));
  return {
    figures: {
      ids: MANY,
      promptBytes: many.promptBytes,
      planBytes: many.planBytes,
      historyBytes: many.historyBytes,
      ratio,
      rssMb,
    },
    budgets: [
      ...grows,
      { what: "storing and hydrating to a file of JSON", value: ratio, atMost: RATIO_BUDGET },
      { what: "most memory of the worker in MB", value: rssMb, atMost: RSS_BUDGET_MB },
    ],
  };
}
