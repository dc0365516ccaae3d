import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createRuntime, type Runtime } from "bridle";
import { crashApp, crashOptions, type CrashPlace, crashPlan, productSet } from "./crash-app.ts";
import { type CrashLab, openCrashLab, startCrashWorker } from "./crash-lab.ts";
import type { EffectTarget } from "./effect-target.ts";
import { printTable } from "./measure.ts";
import type { BenchReport } from "./report.ts";

/** Plans that are applied side by side while something is killed. */
const PLANS_PER_ROUND = 12;
const ACTIONS = 20;
const STUCK_MS = 180_000;
const POLL_MS = 200;

/** What dies: a worker at the n-th passage of a boundary, or somebody when so many calls have reached the target. */
type Kill =
  | { readonly kind: "point"; readonly point: string }
  | { readonly kind: "after-calls"; readonly calls: number; readonly who: "worker" | "server" | "both" };

const point = (name: string): Kill => ({ kind: "point", point: name });
const after = (who: "worker" | "server" | "both", calls: number): Kill => ({ kind: "after-calls", who, calls });

const KEYED: readonly Kill[] = [
  point("preflight.done:7"),
  point("intent.written:1"),
  point("intent.written:97"),
  point("effect.returned:31"),
  point("effect.returned:180"),
  point("ledger.done:64"),
  point("plan.closed:1"),
  after("worker", 57),
  after("worker", 143),
  after("server", 90),
  after("both", 120),
];
const NONE: readonly Kill[] = [
  point("intent.written:53"),
  point("effect.returned:31"),
  point("ledger.done:90"),
  after("worker", 71),
  after("worker", 150),
  after("both", 110),
];

/** Kills workers and servers in the middle of many plans, and compares what the target did with what the ledgers say. */
export async function crash(): Promise<BenchReport> {
  await using lab = await openCrashLab();
  const rounds: Round[] = [];
  for (const kill of KEYED) rounds.push(await round(lab, "keyed", kill));
  for (const kill of NONE) rounds.push(await round(lab, "none", kill));
  printTable(rounds.map(({ guarantee, kill, seconds, tally }) => ({ target: guarantee, kill, seconds, ...tally })));
  const sum = (what: keyof Tally, of = rounds): number => of.reduce((total, { tally }) => total + tally[what], 0);
  const keyed = rounds.filter(({ guarantee }) => guarantee === "keyed");
  return {
    figures: {
      runs: sum("runs"),
      duplicates: sum("duplicates"),
      lost: sum("lost"),
      stuck: sum("stuck"),
      unknown: sum("unknown"),
      kills: rounds.length,
    },
    budgets: [
      { what: "runs", value: sum("runs"), atLeast: 200 },
      { what: "actions that took effect twice", value: sum("duplicates"), atMost: 0 },
      { what: "actions whose effect and ledger disagree", value: sum("lost"), atMost: 0 },
      { what: "plans that did not end", value: sum("stuck"), atMost: 0 },
      { what: "unknown actions where the target knows keys", value: sum("unknown", keyed), atMost: 0 },
    ],
  };
}

interface Tally {
  readonly runs: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly stuck: number;
  readonly unknown: number;
}

interface Round {
  readonly guarantee: CrashPlace["guarantee"];
  readonly kill: string;
  readonly seconds: number;
  readonly tally: Tally;
}

async function round(lab: CrashLab, guarantee: CrashPlace["guarantee"], kill: Kill): Promise<Round> {
  const started = performance.now();
  const place = lab.place(guarantee);
  const runtime = createRuntime(crashApp, { ...crashOptions(place), worker: false });
  const armed = await startCrashWorker(place, kill.kind === "point" ? kill.point : undefined);
  let second: ChildProcess | undefined;
  try {
    const planIds = await submit(runtime, `${guarantee}-${nameOf(kill)}`);
    await strike(lab, kill, armed);
    second = await startCrashWorker(lab.place(guarantee));
    const stuck = await ended(runtime, planIds);
    const tallies = await Promise.all(planIds.map((planId) => tallyOf(runtime, lab.target, planId)));
    const sum = (what: keyof Tally): number => tallies.reduce((total, tally) => total + tally[what], 0);
    const tally = {
      runs: planIds.length,
      duplicates: sum("duplicates"),
      lost: sum("lost"),
      stuck,
      unknown: sum("unknown"),
    };
    return { guarantee, kill: nameOf(kill), seconds: (performance.now() - started) / 1000, tally };
  } finally {
    armed.kill("SIGKILL");
    second?.kill("SIGKILL");
    await runtime.close();
  }
}

async function submit(runtime: Runtime, name: string): Promise<readonly string[]> {
  const planIds = Array.from({ length: PLANS_PER_ROUND }, (_, index) => `${name.replaceAll(":", "-")}-${index}`);
  for (const planId of planIds) {
    const { kind, id } = await runtime.createReference(productSet, [planId, "a", "b"]);
    const actions = Array.from({ length: ACTIONS }, (_, index) => ({
      kind: "hold",
      place: index,
      products: { kind, id },
    }));
    await runtime.plans.store({ plan: crashPlan, planId, body: { actions } });
  }
  await Promise.all(planIds.map((planId) => runtime.plans.execute(planId, { waitMs: 0 })));
  return planIds;
}

async function strike(lab: CrashLab, kill: Kill, worker: ChildProcess): Promise<void> {
  if (kill.kind === "point") {
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, "exit");
    return;
  }
  const from = lab.target.calls();
  while (lab.target.calls() < from + kill.calls) await sleep(5);
  const isWorker = kill.who !== "server";
  if (isWorker) worker.kill("SIGKILL");
  if (isWorker) await once(worker, "exit");
  if (kill.who !== "worker") await lab.restart();
}

/** How many plans did not end. */
async function ended(runtime: Runtime, planIds: readonly string[]): Promise<number> {
  const until = performance.now() + STUCK_MS;
  let open = planIds;
  while (open.length > 0 && performance.now() < until) {
    await sleep(POLL_MS);
    const statuses = await Promise.all(open.map(async (planId) => (await runtime.plans.get(planId)).status));
    open = open.filter((_, index) => statuses[index] !== "executed" && statuses[index] !== "failed");
  }
  return open.length;
}

/** An action that is not unknown must have taken effect exactly when its ledger says so. */
async function tallyOf(runtime: Runtime, target: EffectTarget, planId: string): Promise<Tally> {
  const [actions, { status }] = await Promise.all([runtime.plans.actions(planId), runtime.plans.get(planId)]);
  const effects = target.effects(planId);
  const disagree = actions.filter(({ index, state }) => {
    const isApplied = (effects.get(index) ?? 0) > 0;
    return state !== "unknown" && isApplied !== (state === "done");
  });
  const isWrong = status === "executed" && actions.some(({ state }) => state !== "done");
  return {
    runs: 1,
    duplicates: [...effects.values()].filter((count) => count > 1).length,
    lost: disagree.length + (isWrong ? 1 : 0),
    stuck: 0,
    unknown: actions.filter(({ state }) => state === "unknown").length,
  };
}

function nameOf(kill: Kill): string {
  return kill.kind === "point" ? kill.point : `${kill.who} after ${kill.calls} calls`.replaceAll(" ", "-");
}
