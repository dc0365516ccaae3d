import { expect, test, vi } from "vitest";
import { StateError } from "../../src/protocol/errors.ts";
import type { RunStream } from "../../src/runtime/runs/run-stream.ts";
import { beforeChange } from "../helpers/before-change.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { execute, planSpec, priceBody, pricePlan, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";
import { readEvents, toolResults } from "../helpers/read-events.ts";

const spec = planSpec();
const LONG = 20_000;
const until = (look: () => Promise<boolean> | boolean): Promise<unknown> => vi.waitUntil(look, { timeout: LONG });

/** A dispatcher whose first action waits to be released. */
function heldDispatcher(): ReturnType<typeof recordingDispatcher> & { release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { effects, dispatcher } = recordingDispatcher({ guarantee: "keyed" }, async () => {
    if (effects.length === 1) await promise;
    return { entitiesAffected: 1 };
  });
  return { effects, dispatcher, release: resolve };
}

/** A turn of the executor that waits for a plan. */
async function waitingTurn(open: OpenRuntime, planId: string): Promise<RunStream> {
  const run = open.runtime.runSpecialist("executor", JSON.stringify([execute(planId), { text: "Told." }]), {
    threadId: "waits",
  });
  await run.started;
  const thread = open.session.client.workflow.getHandle(`acme/${open.runtime.app.workspace}/thread/waits`);
  await until(async () => JSON.stringify(await thread.query("pending")).includes('"plan"'));
  return run;
}

async function historyLength(open: OpenRuntime, planId: string): Promise<number> {
  return (await watchPlan(open, planId).handle.describe()).historyLength;
}

test("a plan whose workflow was terminated while applying is finished by the next execute, each action once", async () => {
  const { effects, dispatcher, release } = heldDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "b") });
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "Bo" });
  await plans.execute("p1", { waitMs: 1 });
  await until(() => effects.length === 1);
  await watchPlan(open, "p1").handle.terminate("test");
  release();

  const after = await plans.execute("p1", { waitMs: LONG });

  expect(after).toMatchObject({ status: "executed", result: { entitiesAffected: 2 } });
  expect(new Set(effects.map(({ key }) => key)).size).toBe(2);
}, 40_000);

test("cancelling the workflow of a plan that lost its first one while applying stops it, and never spins", async () => {
  const { effects, dispatcher, release } = heldDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "b") });
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "Bo" });
  await plans.execute("p1", { waitMs: 1 });
  await until(() => effects.length === 1);
  await handle.terminate("test");
  const { client, taskQueue } = open.session;
  const { app, tenant, workspace } = open.runtime.app;
  await client.workflow.start("plan", {
    workflowId: handle.workflowId,
    taskQueue,
    args: [{ app, tenant, workspace, planId: "p1" }],
  });
  await until(async () => JSON.stringify(await handle.query("plan")).includes("executing"));

  await handle.cancel();
  release();

  expect(await handle.result()).toMatchObject({ status: "failed" });
  expect(await historyLength(open, "p1")).toBeLessThan(60);
  expect(await plans.get("p1")).toMatchObject({ status: "failed", error: { code: "CANCELLED" } });
  expect(effects).toHaveLength(1);
}, 40_000);

test("a cancelled workflow withdraws a plan that waits", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { handle } = watchPlan(open, "p1");
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });

  await handle.cancel();

  expect(await handle.result()).toMatchObject({ status: "rejected" });
  expect(await historyLength(open, "p1")).toBeLessThan(40);
}, 40_000);

test("a turn that waits for a plan hears of its end although the plan's workflow was terminated meanwhile", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  const reading = readEvents(await waitingTurn(open, "p1"));
  const first = (await handle.describe()).runId;
  await handle.terminate("test");

  await until(async () => (await handle.describe()).runId !== first);
  const answer = await respondToApproval("p1", { decision: "approve", by: "Bo" });
  const results = toolResults(await reading);

  expect(answer).toMatchObject({ kind: "counted", status: "approved" });
  expect(results.at(-1)).toMatchObject({ isError: false, result: expect.stringContaining("is executed") });
}, 60_000);

test("the host that waits for a plan hears of its end although the plan's workflow was terminated meanwhile", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  const executing = plans.execute("p1", { waitMs: LONG });
  await until(async () => (await plans.get("p1")).gate !== null);
  const first = (await handle.describe()).runId;
  await handle.terminate("test");

  await until(async () => (await handle.describe()).runId !== first);
  await respondToApproval("p1", { decision: "approve", by: "Bo" });

  expect(await executing).toMatchObject({ status: "executed" });
}, 60_000);

test("a cancelled turn takes back its own request and not what the host asked for", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  await plans.execute("p1", { waitMs: 1 });
  const run = await waitingTurn(open, "p1");

  await open.runtime.cancel(run.runId);
  const ended = await run.result();
  await respondToApproval("p1", { decision: "approve", by: "Bo" });

  expect(ended).toMatchObject({ status: "cancelled" });
  await until(async () => (await plans.get("p1")).status === "executed");
}, 40_000);

test.for([
  ["an empty workflow id", { workflowId: "", runId: "run_x", turn: "run_x", agent: "z", callId: "c" }],
  ["a run id that is none", { workflowId: "w", runId: "no good!", turn: "y", agent: "z", callId: "c" }],
  ["nothing of a waiter", { who: "me" }],
] as const)("an execute signal with %s changes nothing for anybody", { timeout: 40_000 }, async ([, waiter]) => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  await handle.signal("execute", { requestId: "r", waiter });
  await respondToApproval("p1", { decision: "approve", by: "Bo" });
  const unwanted = await plans.get("p1");
  const executing = plans.execute("p1", { waitMs: LONG });
  await handle.signal("execute", { requestId: "r", waiter });

  expect(unwanted.status).toBe("approved");
  expect(await executing).toMatchObject({ status: "executed" });
  expect(await handle.result()).toMatchObject({ status: "executed" });
});

test("a forget signal that names nothing takes nothing back", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  const run = await waitingTurn(open, "p1");
  for (const given of [null, {}, { requestId: "" }, { requestId: "other" }]) await handle.signal("forget", given);
  await respondToApproval("p1", { decision: "approve", by: "Bo" });

  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(await plans.get("p1")).toMatchObject({ status: "executed" });
}, 40_000);

test("a store that fails for good once while a plan is closed leaves neither the plan nor its turn hanging", async () => {
  await using open = await openRuntime(planSpec({ plans: "never" }), {
    actionDispatcher: recordingDispatcher().dispatcher,
  });
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  let lost = 0;
  beforeChange(open, async (_, key) => {
    // The database refused the login: not to be tried again by itself.
    if (key.startsWith("close:") && lost++ === 0) throw new StateError("STORE_UNAVAILABLE", "login refused");
  });

  const run = open.runtime.runSpecialist("executor", JSON.stringify([execute("p1"), { text: "Told." }]));

  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(await plans.get("p1")).toMatchObject({ status: "executed" });
  expect(await watchPlan(open, "p1").handle.result()).toMatchObject({ status: "executed" });
  expect(lost).toBeGreaterThan(0);
}, 40_000);

test("a request that was answered may come again, and is answered again", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  const executing = plans.execute("p1", { waitMs: LONG });
  await handle.signal("execute", { requestId: "mine" });
  await respondToApproval("p1", { decision: "revise", by: "Bo", note: "b" });
  await executing;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("b") });
  await handle.signal("execute", { requestId: "mine" });

  await respondToApproval("p1", { decision: "approve", by: "Bo" });

  expect(await handle.result()).toMatchObject({ status: "executed" });
}, 40_000);

test("a plan that cannot be loaded tells those who asked for it, and its workflow ends", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { client, taskQueue } = open.session;
  const { app, tenant, workspace } = open.runtime.app;
  const turn = await client.workflow.start("agentTurn", {
    workflowId: `${tenant}/${workspace}/thread/t1`,
    taskQueue,
    args: [{ app, tenant, workspace, threadId: "t1", prompt: JSON.stringify([{ text: "Hello." }]) }],
  });
  await turn.result();
  const waiter = { workflowId: "nobody/here", runId: "run_x", turn: "run_x", agent: "executor", callId: "c" };

  const lost = await client.workflow.signalWithStart("plan", {
    workflowId: `${tenant}/${workspace}/plan/never`,
    taskQueue,
    args: [{ app, tenant, workspace, planId: "never" }],
    signal: "execute",
    signalArgs: [{ requestId: "r", waiter }],
  });

  await expect(lost.result()).rejects.toMatchObject({ cause: { type: "PLAN_UNKNOWN" } });
  const { events } = await lost.fetchHistory();
  expect(JSON.stringify(events)).toContain("nobody/here");
}, 40_000);
