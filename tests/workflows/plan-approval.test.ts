import { expect, test, vi } from "vitest";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { ofType, readEvents, toolResults } from "../helpers/read-events.ts";
import { ask } from "../helpers/crash-script.ts";
import { execute, planSpec, recordingDispatcher, store, watchPlan, type WatchedPlan } from "../helpers/plan-app.ts";

const spec = planSpec();

async function ask1(
  open: OpenRuntime,
  agent: string,
  ...steps: readonly unknown[]
): Promise<readonly ReturnType<typeof toolResults>[number][]> {
  return toolResults(await readEvents(open.runtime.runSpecialist(agent, JSON.stringify(steps))));
}

async function untilWaiting(plan: WatchedPlan): Promise<void> {
  await vi.waitUntil(async () => (await plan.record())?.gate != null, { timeout: 10_000 });
}

async function untilStatus(plan: WatchedPlan, status: string): Promise<void> {
  await vi.waitUntil(async () => (await plan.record())?.status === status, { timeout: 10_000 });
}

test("a plan is stored, waits for a bare approve signal, and is applied once, action by action", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const plan = watchPlan(open, "p1");
  const script = [
    ask("planner", store("p1", "a", "b"), { text: "Stored." }),
    ask("executor", execute("p1"), { text: "Done." }),
  ];
  const run = open.runtime.query(JSON.stringify([...script, { text: "All done." }]));
  const reading = readEvents(run);
  await untilWaiting(plan);
  expect(effects).toEqual([]);

  await plan.handle.signal("approve");
  const events = await reading;

  expect(effects.map(({ action }) => action.payload)).toEqual([
    { product: "a", price: 6.49 },
    { product: "b", price: 6.49 },
  ]);
  expect(new Set(effects.map(({ key }) => key)).size).toBe(2);
  expect(await plan.record()).toMatchObject({ status: "executed", gate: null, result: { entitiesAffected: 2 } });
  expect((await plan.actions()).map(({ state }) => state)).toEqual(["done", "done"]);
  expect(await plan.decisions()).toMatchObject([
    { decision: "approve", by: "anonymous", authn: "none", refused: null },
  ]);
  expect(toolResults(events).at(-1)).toMatchObject({
    tool: "executePlan",
    isError: false,
    result: expect.stringContaining("is executed"),
  });
  expect(ofType(events, "plan-status").map(({ display, status }) => display ?? status)).toEqual([
    "draft",
    "pending_approval",
    "approved",
    "executing",
    "done",
  ]);
  expect(ofType(events, "approval-required")).toHaveLength(1);
  expect(ofType(events, "approval-decision")).toMatchObject([{ decision: "approve", planId: "p1" }]);
  expect(await run.result()).toMatchObject({ status: "completed", text: "All done." });
  expect(await plan.handle.result()).toMatchObject({ status: "executed" });
});

test("a rejected plan is closed, applies nothing and says why", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const plan = watchPlan(open, "p1");
  await ask1(open, "planner", store("p1", "a"));
  const waiting = ask1(open, "executor", execute("p1"));
  await untilWaiting(plan);

  await plan.handle.signal("reject", { by: "ann", note: "too dear" });

  expect((await waiting).at(-1)).toMatchObject({ isError: true, result: expect.stringContaining("too dear") });
  expect(await plan.record()).toMatchObject({ status: "rejected" });
  expect(effects).toEqual([]);
  const again = await ask1(open, "planner", store("p1", "b"));
  expect(again).toMatchObject([{ isError: true, result: expect.stringContaining("PLAN_NOT_DRAFT") }]);
  expect((await ask1(open, "executor", execute("p1"))).at(-1)).toMatchObject({ isError: true });
});

test("a plan that was sent back runs nothing until its next revision is approved", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const plan = watchPlan(open, "p1");
  await ask1(open, "planner", store("p1", "a"));
  const waiting = ask1(open, "executor", execute("p1"));
  await untilWaiting(plan);

  await plan.handle.signal("revise");
  await vi.waitUntil(async () => (await open.runtime.plans.decisions("p1")).length === 1, { timeout: 10_000 });
  expect(await open.runtime.plans.decisions("p1")).toMatchObject([{ decision: "revise", refused: "note_missing" }]);
  expect((await plan.record())?.gate).not.toBeNull();
  await plan.handle.signal("revise", { by: "ann", note: "use b" });

  expect((await waiting).at(-1)).toMatchObject({ isError: false, result: expect.stringContaining("use b") });
  expect((await ask1(open, "executor", execute("p1"))).at(-1)).toMatchObject({
    result: expect.stringContaining("sent back"),
  });
  expect(await plan.record()).toMatchObject({ status: "draft", gate: null });
  await ask1(open, "planner", store("p1", "b"));
  await untilWaiting(plan);
  const second = ask1(open, "executor", execute("p1"));
  await plan.handle.signal("approve", { by: "ann" });
  expect((await second).at(-1)).toMatchObject({ isError: false, result: expect.stringContaining("is executed") });
  expect(effects.map(({ action }) => action.payload)).toEqual([{ product: "b", price: 6.49 }]);
  expect(effects[0]?.approvedBy).toEqual(["ann"]);
});

test("a plan approved before anyone asks waits to be executed, and a second execution only tells", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const plan = watchPlan(open, "p1");
  await ask1(open, "planner", store("p1", "a"));
  await untilWaiting(plan);
  await plan.handle.signal("approve");
  await untilStatus(plan, "approved");
  expect(effects).toEqual([]);

  const first = await ask1(open, "executor", execute("p1"));
  const second = await ask1(open, "executor", execute("p1"));

  expect(first.at(-1)?.result).toContain("is executed");
  expect(second.at(-1)).toEqual(first.at(-1));
  expect(effects).toHaveLength(1);
});

test("where the policy asks nobody, executing approves in its name", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(planSpec({ plans: "never" }), { actionDispatcher: dispatcher });
  const plan = watchPlan(open, "p1");
  await ask1(open, "planner", store("p1", "a"));
  expect(await plan.record()).toMatchObject({ status: "draft", gate: null });

  const results = await ask1(open, "executor", execute("p1"));

  expect(results.at(-1)?.result).toContain("is executed");
  expect(await plan.decisions()).toMatchObject([{ by: "policy", decision: "approve" }]);
  expect(effects).toHaveLength(1);
});

test("rubbish sent by hand is refused and the plan goes on waiting", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const plan = watchPlan(open, "p1");
  await ask1(open, "planner", store("p1", "a"));
  await untilWaiting(plan);

  await plan.handle.signal("approve", "yes", 7);
  await untilStatus(plan, "approved");
  await plan.handle.signal("execute", null);
  await untilStatus(plan, "executed");
  expect(await plan.handle.result()).toMatchObject({ status: "executed" });
});

test("a typed answer is answered at once, one that cannot be read too", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const plan = watchPlan(open, "p1");
  await ask1(open, "planner", store("p1", "a"));
  await untilWaiting(plan);

  const unreadable = await plan.handle.executeUpdate("respond", { args: [{ decision: "maybe" }] });
  const wrong = await plan.handle.executeUpdate("respond", { args: [{ decision: "approve", contentHash: "other" }] });
  const edited = await plan.handle.executeUpdate("respond", {
    args: [
      { decision: "edit", by: "ann", edits: { rationale: "r", actions: [{ kind: "price", product: "z", price: 1 }] } },
    ],
  });
  const late = await plan.handle.executeUpdate("respond", { args: [{ decision: "approve" }] });

  expect(unreadable).toMatchObject({ kind: "refused" });
  expect(wrong).toMatchObject({ kind: "refused", code: "plan_hash_mismatch" });
  expect(edited).toMatchObject({ kind: "counted", status: "approved", waitsForMore: false });
  expect(late).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(await plan.record()).toMatchObject({ status: "approved", revision: 2 });
});

test("cancelling withdraws a plan that waits, and a cancelled turn leaves its plan as it is", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const plan = watchPlan(open, "p1");
  await ask1(open, "planner", store("p1", "a"));
  await untilWaiting(plan);
  const run = open.runtime.runSpecialist("executor", JSON.stringify([execute("p1")]), { threadId: "t1" });
  await run.started;
  const thread = open.session.client.workflow.getHandle(`acme/${open.runtime.app.workspace}/thread/t1`);
  await vi.waitUntil(async () => JSON.stringify(await thread.query("pending")).includes('"plan"'), { timeout: 10_000 });

  await open.runtime.cancel(run.runId);

  expect(await run.result()).toMatchObject({ status: "cancelled" });
  expect(await plan.record()).toMatchObject({ status: "draft" });
  await plan.handle.signal("approve");
  await untilStatus(plan, "approved");
  await plan.handle.signal("cancel");
  expect(await plan.handle.result()).toMatchObject({ status: "rejected" });
  expect(effects).toEqual([]);
});
