/** A person cancels a plan while an action is under way, and the worker is killed before the plan is closed. */
import { expect, test, vi } from "vitest";
import { openCrashLab } from "../helpers/crash-lab.ts";
import { pricePlan, priceBody } from "../helpers/plan-app.ts";

// A new worker may begin the action again before it hears of the cancel: a keyed target knows the key, and no other action begins.
test.for([
  ["keyed", ["done", "unknown"]],
  ["none", ["unknown"]],
] as const)(
  "kill -9 between cancel and close lets at most the action under way take effect where the target is %s",
  { timeout: 90_000 },
  async ([guarantee, ends]) => {
    await using lab = await openCrashLab({ guarantee, applyMs: 3_000 });
    const { plans } = lab.runtime;
    const keys = (word: string): ReadonlySet<string | undefined> =>
      new Set(lab.toolCalls().flatMap((line) => (line.startsWith(word) ? [line.split(" ")[1]] : [])));
    const worker = await lab.startWorker();
    await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "b", "c") });
    await plans.execute("p1", { waitMs: 0 });
    await vi.waitUntil(() => keys("begin").size === 1, { timeout: 30_000 });

    const asked = await plans.cancel("p1", { by: "ann", note: "stop", waitMs: 0 });
    worker.kill("SIGKILL");
    await worker.exited;
    await lab.hostWorker();
    const cancelled = await plans.cancel("p1", { by: "bob", waitMs: 40_000 });

    expect(asked.kind).toBe("asked");
    expect(cancelled.plan).toMatchObject({ status: "failed", error: { code: "CANCELLED" } });
    const [first, ...rest] = cancelled.actions.map(({ state }) => state);
    expect(ends).toContain(first);
    expect(rest).toEqual(["skipped", "skipped"]);
    expect(cancelled.decision).toMatchObject({ by: "ann", note: "stop" });
    expect(keys("begin").size).toBe(1);
    expect(keys("apply").size).toBe(first === "done" ? 1 : 0);
  },
);

test(
  "a worker that dies when the plan was just closed leaves one record of the cancel",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab({ guarantee: "keyed", applyMs: 500 });
    const { plans } = lab.runtime;
    const worker = await lab.startWorker("plan.closed:1");
    await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "b", "c") });
    await plans.execute("p1", { waitMs: 0 });
    await vi.waitUntil(() => lab.toolCalls().length === 1, { timeout: 30_000, interval: 5 });

    const cancelling = plans.cancel("p1", { by: "ann" });
    expect(await worker.exited).toMatchObject({ signal: "SIGKILL" });
    await lab.hostWorker();
    const cancelled = await cancelling;
    const { tenant, workspace } = lab.runtime.app;
    await lab.session.client.workflow.getHandle(`${tenant}/${workspace}/plan/p1`).result();

    expect(cancelled).toMatchObject({ kind: "cancelled", applied: 1, inDoubt: [] });
    const decisions = (await plans.decisions("p1")).filter(({ decision }) => decision === "cancel");
    expect(decisions).toMatchObject([{ by: "ann", refused: null }]);
    expect(lab.toolCalls().filter((line) => line.startsWith("apply "))).toHaveLength(1);
  },
);
