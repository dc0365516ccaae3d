import { expect, test, vi } from "vitest";
import * as z from "zod";
import { appBinder } from "../../src/activities/bind-app.ts";
import { armCrashPoints } from "../../src/activities/crash-points.ts";
import { findPlan, readPlan } from "../../src/activities/plans/find-plan.ts";
import { openDispatch } from "../../src/activities/dispatch/open-dispatch.ts";
import { defineDispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import { definePlan } from "../../src/specs/plans/plan.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { readEvents, toolResults } from "../helpers/read-events.ts";
import { execute, planSpec, recordingDispatcher, store, watchPlan } from "../helpers/plan-app.ts";
import { RetryableToolError } from "../../src/specs/tools/retryable-tool-error.ts";

const spec = planSpec({ plans: "never" });

async function run(
  open: OpenRuntime,
  agent: string,
  ...steps: readonly unknown[]
): Promise<ReturnType<typeof toolResults>> {
  return toolResults(await readEvents(open.runtime.runSpecialist(agent, JSON.stringify(steps))));
}

test("a failing action ends the plan; what came before stays applied and the rest is not started", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const plan = watchPlan(open, "p1");
  await run(open, "planner", store("p1", "a", "broken", "c"));

  const results = await run(open, "executor", execute("p1"));

  expect(results.at(-1)).toMatchObject({ isError: true, result: expect.stringContaining("no such product") });
  expect((await plan.actions()).map(({ state }) => state)).toEqual(["done", "failed", "skipped"]);
  expect(await plan.record()).toMatchObject({ status: "failed", result: { entitiesAffected: 1 } });
  expect(effects).toHaveLength(2);
});

test("the values behind references reach the dispatcher and never the model", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const handle = { kind: { $result: "select", path: "kind" }, id: { $result: "select", path: "id" } };
  const body = { rationale: "r", actions: [{ kind: "hold", products: handle }] };
  const storing = { tool: "storePlan", args: { specName: "PricePlan", planId: "p1", body } };
  const stored = await run(open, "planner", { tool: "select", args: { ids: ["x", "y"] } }, storing);
  expect(stored.at(-1)).toMatchObject({ tool: "storePlan", isError: false, result: { planId: "p1", revision: 1 } });

  const looked = await run(
    open,
    "executor",
    { tool: "getPlan", args: { planId: "p1" } },
    {
      tool: "glimpseRef",
      args: { kind: "ProductSet", id: { $result: "getPlan", path: "body.actions.0.products.id" } },
    },
    {
      tool: "resolveRef",
      args: { kind: "ProductSet", id: { $result: "getPlan", path: "body.actions.0.products.id" } },
    },
    execute("p1"),
  );

  expect(effects.map(({ products }) => products)).toEqual([["x", "y"]]);
  expect(looked[0]).toMatchObject({ tool: "getPlan", result: { status: "draft", revision: 1 } });
  expect(looked[1]).toMatchObject({ tool: "glimpseRef", isError: false });
  expect(looked[2]).toMatchObject({ tool: "resolveRef", result: ["x", "y"] });
  expect(looked[3]).toMatchObject({ tool: "executePlan", isError: false });
});

test("a body that names a reference nobody created is not stored, and the model is told which", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const body = { rationale: "r", actions: [{ kind: "hold", products: { kind: "ProductSet", id: "ref_none" } }] };
  const wrong = { rationale: 7, actions: [] };
  const step = (planId: string, given: unknown): unknown => ({
    tool: "storePlan",
    args: { specName: "PricePlan", planId, body: given },
  });

  const results = await run(open, "planner", step("p1", body), step("p1", wrong));

  expect(results).toMatchObject([
    { isError: true, result: expect.stringContaining("ref_none") },
    { isError: true, result: expect.stringContaining("rationale") },
  ]);
  expect(await watchPlan(open, "p1").record()).toBeNull();
});

test("executing a plan that nobody stored, or without a dispatcher, applies nothing and says so", async () => {
  await using open = await openRuntime(spec);
  await run(open, "planner", store("p1", "a"));

  const results = await run(open, "executor", execute("nothing"), execute("p1"));

  expect(results).toMatchObject([
    { isError: true, result: expect.stringContaining("PLAN_UNKNOWN") },
    { isError: true, result: expect.stringContaining("no action dispatcher") },
  ]);
  expect(await watchPlan(open, "p1").record()).toMatchObject({
    status: "failed",
    error: { code: "DISPATCHER_MISSING" },
  });
});

test("an action that asks to be tried again is, with the same key, where the target knows keys", async () => {
  const { effects, dispatcher } = recordingDispatcher({ guarantee: "keyed" }, async () => {
    if (effects.length === 1) throw new RetryableToolError("busy", { retryAfterMs: 10 });
    return { entitiesAffected: 1 };
  });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await run(open, "planner", store("p1", "a"));

  const results = await run(open, "executor", execute("p1"));

  expect(results.at(-1)?.result).toContain("is executed");
  expect(effects).toHaveLength(2);
  expect(effects[0]?.key).toBe(effects[1]?.key);
  expect(await watchPlan(open, "p1").actions()).toMatchObject([{ state: "done", attempts: 2 }]);
});

test("an action that does not answer in time is unknown, is not called again, and ends the plan", async () => {
  const { effects, dispatcher } = recordingDispatcher({ timeoutMs: 50 }, () => new Promise(() => undefined));
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await run(open, "planner", store("p1", "a", "b"));

  const results = await run(open, "executor", execute("p1"));

  expect(results.at(-1)).toMatchObject({ isError: true, result: expect.stringContaining("unknown outcome") });
  expect((await watchPlan(open, "p1").actions()).map(({ state }) => state)).toEqual(["unknown", "skipped"]);
  expect(effects).toHaveLength(1);
});

test("a gate whose time is up closes the plan for good", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  const expiring = planSpec({ plans: { kind: "always", expiresInMs: 300 } });
  await using open = await openRuntime(expiring, { actionDispatcher: dispatcher });
  const plan = watchPlan(open, "p1");
  await run(open, "planner", store("p1", "a"));

  expect(await plan.handle.result()).toMatchObject({ status: "expired" });
  expect(await plan.decisions()).toMatchObject([{ decision: "expire", by: "timer", authn: "timer" }]);
  const results = await run(open, "executor", execute("p1"));
  expect(results.at(-1)).toMatchObject({ isError: true, result: expect.stringContaining("expired") });
  expect(effects).toEqual([]);
  await vi.waitUntil(async () => (await plan.record())?.gate === null, { timeout: 15_000 });
});

test("a dead worker is noticed as soon as the worker that began the plan was told", async () => {
  const { dispatcher } = recordingDispatcher();
  const knobs = { heartbeatMs: 1_500 };
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher, session: { knobs } });
  await run(open, "planner", store("p1", "a", "b"));

  await run(open, "executor", execute("p1"));

  const { events } = await watchPlan(open, "p1").handle.fetchHistory();
  const beats = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: activity }) => {
    const name = activity?.activityType?.name ?? "";
    const { seconds, nanos } = activity?.heartbeatTimeout ?? {};
    return /^(?:dispatchAction|closePlan)$/.test(name) ? [[name, Number(seconds) * 1_000 + Number(nanos) / 1e6]] : [];
  });
  expect(beats).toEqual([
    ["dispatchAction", 1_500],
    ["dispatchAction", 1_500],
    ["closePlan", 1_500],
  ]);
});

test("a worker whose dispatcher serves another kind of plan leaves the action for one that can", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  await run(open, "planner", store("p1", "a"));
  await run(open, "executor", execute("p1"));
  const { app } = open.runtime;
  const otherPlan = definePlan({
    name: "OtherPlan",
    schema: z.strictObject({ actions: z.array(z.strictObject({ kind: z.literal("other") })) }),
  });
  const parts = async (dispatcher: ReturnType<typeof defineDispatcher>): ReturnType<typeof openDispatch> => {
    const both = { ...app.spec, plans: [...app.spec.plans, otherPlan] };
    const { bind } = appBinder([{ ...app, spec: both, actionDispatcher: dispatcher }], {});
    const host = {
      store: open.session.store,
      bind,
      heartbeatMs: 1,
      graceOver: new AbortController().signal,
      crashPoints: armCrashPoints(null, () => undefined),
    };
    const place = await findPlan(host, { app: app.app, tenant: app.tenant, workspace: app.workspace, planId: "p1" });
    const lines = await place.store.plans.actions(place.planId);
    return openDispatch(place, { plan: await readPlan(place), lines, runId: null, idempotencyKey: "k" });
  };

  const alone = { ...app, actionDispatcher: defineDispatcher(otherPlan, () => null) };
  expect(() => appBinder([alone], {})).toThrow('of its spec ("PricePlan"), received one for "OtherPlan"');
  await expect(parts(defineDispatcher(otherPlan, () => null))).rejects.toMatchObject({
    code: "SPEC_MISSING",
    retryable: true,
    message: expect.stringContaining('no action dispatcher for the plan "PricePlan"'),
  });
  expect((await parts(recordingDispatcher().dispatcher)).actions).toMatchObject([{ index: 0, kind: "price" }]);
});
