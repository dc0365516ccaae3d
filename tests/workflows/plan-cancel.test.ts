/** A person stops a plan: wherever it stands, whoever else stops it too, and whatever became of its workflow. */
import { expect, test, vi } from "vitest";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, priceBody, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";

async function stored(open: OpenRuntime, ...products: readonly string[]): Promise<OpenRuntime["runtime"]["plans"]> {
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody(...products) });
  return plans;
}

/** A plan whose first action is under way until `finish` is called. */
async function underWay(): Promise<{ open: OpenRuntime; effects: readonly unknown[]; finish: () => void }> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const { effects, dispatcher } = recordingDispatcher({ guarantee: "keyed" }, () => promise);
  const open = await openRuntime(planSpec({ plans: "never" }), { actionDispatcher: dispatcher });
  const plans = await stored(open, "a", "b", "c");
  await plans.execute("p1", { waitMs: 1 });
  await vi.waitUntil(() => effects.length === 1, { timeout: 20_000 });
  return { open, effects, finish: () => resolve(undefined) };
}

test("a draft that waits is closed as rejected, and the record says who, through what and why", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const plans = await stored(open, "a", "b");

  const cancelled = await plans.cancel("p1", { by: "ann", note: "wrong season" });

  expect(cancelled).toMatchObject({
    kind: "cancelled",
    applied: 0,
    inDoubt: [],
    plan: { status: "rejected", gate: null },
  });
  expect(await plans.decisions("p1")).toMatchObject([
    { decision: "cancel", by: "ann", note: "wrong season", channel: "host", authn: "none", refused: null },
  ]);
  const again = await plans.cancel("p1", { by: "bob" });
  expect(again).toMatchObject({ kind: "ended", decision: { by: "ann" } });
  expect(await plans.decisions("p1")).toHaveLength(1);
}, 40_000);

test("an approved plan that nobody executes is stopped, and an execution that comes later applies nothing", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(planSpec(), { actionDispatcher: dispatcher });
  const plans = await stored(open, "a");
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "ann" });

  const cancelled = await plans.cancel("p1", { by: "bob" });
  const executed = await plans.execute("p1");

  expect(cancelled).toMatchObject({ kind: "cancelled", plan: { status: "rejected" } });
  expect(executed.status).toBe("rejected");
  expect(effects).toEqual([]);
}, 40_000);

test("a plan in the middle of an action ends after it, and tells how far it got", async () => {
  const { open, effects, finish } = await underWay();
  await using _ = open;
  const { plans } = open.runtime;

  const asked = await plans.cancel("p1", { by: "ann", note: "stop", waitMs: 1 });
  finish();
  const cancelled = await plans.cancel("p1", { by: "ann", note: "stop" });

  expect(asked).toMatchObject({ kind: "asked", applied: 0, plan: { status: "executing" } });
  expect(cancelled.plan).toMatchObject({ status: "failed", error: { code: "CANCELLED" } });
  expect(cancelled.actions.map(({ state }) => state)).toEqual(["done", "skipped", "skipped"]);
  expect(await plans.decisions("p1")).toMatchObject([
    { decision: "approve", channel: "policy" },
    { decision: "cancel", by: "ann", note: "stop", channel: "host", refused: null },
  ]);
  expect(effects).toHaveLength(1);
}, 40_000);

test("two people cancel at once: both hear of one end, and one of them is on record", async () => {
  const { open, effects, finish } = await underWay();
  await using _ = open;
  const { plans } = open.runtime;

  const both = Promise.all(["ann", "bob"].map((by) => plans.cancel("p1", { by })));
  const { handle } = watchPlan(open, "p1");
  await vi.waitUntil(async () => {
    const { events } = await handle.fetchHistory();
    return (
      events?.filter((event) => event.workflowExecutionSignaledEventAttributes?.signalName === "cancel").length === 2
    );
  });
  finish();

  for (const cancelled of await both) expect(cancelled).toMatchObject({ kind: "cancelled", applied: 1 });
  const decisions = (await plans.decisions("p1")).filter(({ decision }) => decision === "cancel");
  expect(decisions).toHaveLength(1);
  expect(effects).toHaveLength(1);
}, 40_000);

test("a cancel that comes while the last action is applied stops nothing and is kept as such", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const { effects, dispatcher } = recordingDispatcher({}, () => promise);
  await using open = await openRuntime(planSpec({ plans: "never" }), { actionDispatcher: dispatcher });
  const plans = await stored(open, "a");
  await plans.execute("p1", { waitMs: 1 });
  await vi.waitUntil(() => effects.length === 1, { timeout: 20_000 });

  await plans.cancel("p1", { by: "ann", waitMs: 1 });
  resolve(undefined);
  const { plan } = await plans.cancel("p1", { by: "ann" });

  expect(plan).toMatchObject({ status: "executed", error: null });
  expect(await plans.decisions("p1")).toMatchObject([{}, { decision: "cancel", by: "ann", refused: "closed" }]);
}, 40_000);

test.for(["draft", "approved", "executing"] as const)(
  "a plan that is %s and whose workflow was terminated is closed all the same",
  { timeout: 60_000 },
  async (status) => {
    const isExecuting = status === "executing";
    const target = isExecuting ? await underWay() : null;
    await using open =
      target?.open ?? (await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher }));
    const plans = isExecuting ? open.runtime.plans : await stored(open, "a");
    if (status === "approved") await open.runtime.respondToApproval("p1", { decision: "approve", by: "ann" });
    await watchPlan(open, "p1").handle.terminate("test");
    target?.finish();

    const cancelled = await plans.cancel("p1", { by: "ann" });

    expect(cancelled).toMatchObject({ kind: "cancelled", plan: { status: isExecuting ? "failed" : "rejected" } });
    expect(cancelled.decision).toMatchObject({ by: "ann", channel: "host" });
    expect(target?.effects ?? []).toHaveLength(isExecuting ? 1 : 0);
  },
);

test("Temporal's own cancel records that nobody said who", async () => {
  const { open, finish } = await underWay();
  await using _ = open;
  const { handle } = watchPlan(open, "p1");

  await handle.cancel();
  finish();
  await handle.result();

  expect((await open.runtime.plans.decisions("p1")).at(-1)).toMatchObject({
    decision: "cancel",
    by: "anonymous",
    channel: "temporal",
    note: null,
  });
}, 40_000);

test("a plan of another app, an unknown one and nobody's name are refused", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const plans = await stored(open, "a");

  await expect(plans.cancel("nobody", { by: "ann" })).rejects.toMatchObject({ code: "PLAN_UNKNOWN" });
  await expect(plans.cancel("p1", { by: " " })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  expect((await plans.get("p1")).status).toBe("draft");
}, 40_000);
