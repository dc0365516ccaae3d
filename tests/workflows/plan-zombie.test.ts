/**
 * A worker that is suspended in the middle of an action, and wakes up when another one took over or the plan was cancelled. Its
 * connection is cut meanwhile, for the server would go on handing tasks to a process that is not there.
 */
import { expect, test, vi } from "vitest";
import { type CrashLab, type CrashLabOptions, openCrashLab } from "../helpers/crash-lab.ts";
import type { WorkerProcess } from "../helpers/crash-worker.ts";
import { startCutProxy } from "../helpers/cut-proxy.ts";
import { pricePlan } from "../helpers/plan-app.ts";

const APPLY_MS = 500;

/** A lab whose worker was suspended in the second action of three. */
interface ZombieLab extends AsyncDisposable {
  readonly lab: CrashLab;
  readonly zombie: WorkerProcess;
}

async function suspended(options: CrashLabOptions): Promise<ZombieLab> {
  const lab = await openCrashLab({ applyMs: APPLY_MS, ...options });
  const network = await startCutProxy(lab.setup.address);
  const zombie = await lab.startWorkerVia(network.address);
  const actions = ["a", "b", "c"].map((product) => ({ kind: "price", product, price: 1 }));
  await lab.runtime.plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "r", actions } });
  await lab.runtime.plans.execute("p1", { waitMs: 0 });
  await vi.waitUntil(() => begun(lab).length === 2, { timeout: 20_000, interval: 5 });
  zombie.kill("SIGSTOP");
  network.cut();
  return {
    lab,
    zombie,
    async [Symbol.asyncDispose]() {
      await lab[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
    },
  };
}

function begun({ toolCalls }: CrashLab): readonly string[] {
  return toolCalls().filter((line) => line.startsWith("begin "));
}

function applied({ toolCalls }: CrashLab): readonly string[] {
  return toolCalls().filter((line) => line.startsWith("apply "));
}

async function ended({ runtime }: CrashLab): Promise<readonly string[]> {
  await runtime.plans.execute("p1", { waitMs: 40_000 });
  return (await runtime.plans.actions("p1")).map(({ state }) => state);
}

/** Lets it come to its senses and end in good order: it has done all it was going to do. */
async function woken(zombie: WorkerProcess): Promise<void> {
  zombie.kill("SIGCONT");
  zombie.kill("SIGTERM");
  expect(await zombie.exited).toMatchObject({ code: 0, signal: null });
}

test(
  "after a take-over it finishes at most the action in flight, whose key the target knows",
  { timeout: 60_000 },
  async () => {
    await using place = await suspended({ guarantee: "keyed" });
    const { lab, zombie } = place;
    await lab.hostWorker();

    expect(await ended(lab)).toEqual(["done", "done", "done"]);
    await woken(zombie);

    expect(new Set(applied(lab)).size).toBe(3);
    expect(applied(lab).length).toBeLessThanOrEqual(4);
    expect(begun(lab).filter((line) => line.endsWith(` ${zombie.pid}`))).toHaveLength(2);
    expect(await lab.runtime.plans.get("p1")).toMatchObject({ status: "executed" });
  },
);

test("after a take-over it applies nothing where the target honours the fence", { timeout: 60_000 }, async () => {
  await using place = await suspended({ guarantee: "keyed", honoursFence: true });
  const { lab, zombie } = place;
  await lab.hostWorker();

  expect(await ended(lab)).toEqual(["done", "done", "done"]);
  await woken(zombie);

  expect(applied(lab)).toHaveLength(3);
  expect(new Set(applied(lab)).size).toBe(3);
});

test(
  "after a cancel it finishes at most the action in flight, which is told as unknown",
  { timeout: 60_000 },
  async () => {
    await using place = await suspended({ guarantee: "none" });
    const { lab, zombie } = place;
    const { tenant, workspace } = lab.runtime.app;
    await lab.session.client.workflow.getHandle(`${tenant}/${workspace}/plan/p1`).signal("cancel", { by: "ann" });
    await lab.hostWorker();

    expect(await ended(lab)).toEqual(["done", "unknown", "skipped"]);
    await woken(zombie);

    expect(applied(lab).length).toBeLessThanOrEqual(2);
    expect(begun(lab)).toHaveLength(2);
    expect((await lab.runtime.plans.actions("p1")).map(({ state }) => state).at(-1)).toBe("skipped");
  },
);
