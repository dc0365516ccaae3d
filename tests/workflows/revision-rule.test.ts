/** What the next revision of a draft cannot shed: who asked for the ones before it, and the rule of the agent whose plan it is. */
import { onTestFinished, expect, inject, test } from "vitest";
import { defineCoordinator, defineExecutor, definePlanner, defineRuntime, defineTenant } from "../../src/index.ts";
import type { RuntimeSpec } from "../../src/specs/runtime-spec.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import {
  type Effect,
  execute,
  priceBody,
  pricePlan,
  productSet,
  recordingDispatcher,
  store,
} from "../helpers/plan-app.ts";
import { readEvents, toolResults } from "../helpers/read-events.ts";
import { untilGated } from "../helpers/until-gated.ts";

const approvers = ["ann", "bob", "eve"];
const rule = { kind: "always", approvers, min: 1, notRequester: true } as const;

/** Two planners of one kind of plan, one of which needs two people. */
function twoPlanners(bulkMin = 2): RuntimeSpec {
  const base = { model: "m", prompt: "p" };
  return defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [
      defineCoordinator({ ...base, name: "boss", routes: ["planner", "bulkPlanner", "executor"] }),
      definePlanner({ ...base, name: "planner", plan: pricePlan, approval: rule }),
      definePlanner({ ...base, name: "bulkPlanner", plan: pricePlan, approval: { ...rule, min: bulkMin } }),
      defineExecutor({ ...base, name: "executor", plan: pricePlan }),
    ],
    plans: [pricePlan],
    references: [productSet],
    approvalPolicies: { plans: "never" },
  });
}

async function opened(): Promise<OpenRuntime & { readonly effects: readonly Effect[] }> {
  const { effects, dispatcher } = recordingDispatcher();
  const open = await openRuntime(twoPlanners(), { actionDispatcher: dispatcher });
  onTestFinished(() => open[Symbol.asyncDispose]());
  return Object.assign(open, { effects });
}

/** A run of a planner that stores a revision, once the gate is on it; what the model was answered. */
async function stores(
  { runtime }: OpenRuntime,
  agent: string,
  wish: { readonly planId: string; readonly products: readonly string[]; readonly requestedBy?: string },
): Promise<ReturnType<typeof toolResults>> {
  const { planId, products, ...options } = wish;
  const script = JSON.stringify([store(planId, ...products), { text: "Done." }]);
  const results = toolResults(await readEvents(runtime.runSpecialist(agent, script, options)));
  await untilGated(runtime, planId);
  return results;
}

test("who asked for one revision may not approve the next, whoever asks for that", async () => {
  const open = await opened();
  const { plans, approvals, respondToApproval } = open.runtime;
  await stores(open, "planner", { planId: "n1", products: ["a"], requestedBy: "ann" });
  await stores(open, "planner", { planId: "n1", products: ["a", "b"] });
  await stores(open, "planner", { planId: "n1", products: ["a", "b", "c"], requestedBy: "Bob" });

  const ann = await respondToApproval("n1", { decision: "approve", by: "ann" });
  const bob = await respondToApproval("n1", { decision: "approve", by: "bob" });
  const { gate } = await approvals.get("n1");
  const eve = await respondToApproval("n1", { decision: "approve", by: "eve" });

  expect(ann).toMatchObject({
    kind: "refused",
    code: "forbidden",
    message: expect.stringContaining("earlier revision"),
  });
  expect(bob).toMatchObject({ kind: "refused", code: "forbidden", message: expect.stringContaining("asked for this") });
  expect(gate).toMatchObject({ requestedBy: "Bob", alsoAskedBy: ["ann", "planner"], agent: "planner" });
  expect(eve).toMatchObject({ kind: "counted", status: "approved" });
  const plan = await plans.get("n1");
  expect(plan).toMatchObject({ revision: 3, origin: { requestedBy: "Bob" }, alsoAskedBy: ["ann", "planner"] });
});

test("content that comes back does not bring back the gate of the revision that had it first", async () => {
  const open = await opened();
  const { approvals, respondToApproval } = open.runtime;
  await stores(open, "planner", { planId: "n1", products: ["a"] });
  const first = (await approvals.get("n1")).gate;
  await stores(open, "planner", { planId: "n1", products: ["b"], requestedBy: "ann" });
  await stores(open, "planner", { planId: "n1", products: ["a"], requestedBy: "bob" });

  const { gate } = await approvals.get("n1");
  const ann = await respondToApproval("n1", { decision: "approve", by: "ann" });

  expect(gate.contentHash).toBe(first.contentHash);
  expect(gate).toMatchObject({ subject: { revision: 3 }, requestedBy: "bob", alsoAskedBy: ["planner", "ann"] });
  expect(ann).toMatchObject({ kind: "refused", code: "forbidden" });
});

test("an edit and what follows it forget nobody who asked", async () => {
  const open = await opened();
  const { respondToApproval, plans } = open.runtime;
  await stores(open, "bulkPlanner", { planId: "n1", products: ["a"], requestedBy: "ann" });
  const edits = priceBody("a", "b");
  expect(await respondToApproval("n1", { decision: "edit", by: "bob", edits })).toMatchObject({ kind: "counted" });
  const edited = await plans.get("n1");
  const afterEdit = await respondToApproval("n1", { decision: "approve", by: "ann" });
  await stores(open, "bulkPlanner", { planId: "n1", products: ["c"] });
  const afterNext = await respondToApproval("n1", { decision: "approve", by: "ann" });

  expect(edited).toMatchObject({ revision: 2, origin: { requestedBy: "ann" } });
  expect([afterEdit, afterNext]).toMatchObject([{ code: "forbidden" }, { code: "forbidden" }]);
  expect(await plans.get("n1")).toMatchObject({ revision: 3, alsoAskedBy: ["ann"] });
});

test("another agent and a program store no revision of a plan: its rule stays the one of its agent", async () => {
  const open = await opened();
  const { plans, approvals, respondToApproval } = open.runtime;
  await stores(open, "bulkPlanner", { planId: "s2", products: ["a"], requestedBy: "cy" });
  await respondToApproval("s2", { decision: "approve", by: "ann" });

  const results = [
    ...(await stores(open, "planner", { planId: "s2", products: ["z"], requestedBy: "bob" })),
    ...(await stores(open, "planner", { planId: "s2", products: ["a"], requestedBy: "bob" })),
  ];
  const program = plans.store({ plan: pricePlan, planId: "s2", body: priceBody("z"), requestedBy: "bob" });
  const why = 'Plan "s2" was stored by agent "bulkPlanner", and nobody else may store a revision of it';
  await expect(program).rejects.toMatchObject({ code: "PLAN_CONFLICT", message: expect.stringContaining(why) });
  const again = await respondToApproval("s2", { decision: "approve", by: "ann" });
  const wish = open.runtime.runSpecialist("executor", JSON.stringify([execute("s2")]));
  await wish.started;

  expect(results).toMatchObject([
    { isError: true, result: expect.stringContaining(`${why}; received one by agent "planner"`) },
    { isError: true, result: expect.stringContaining("PLAN_CONFLICT") },
  ]);
  expect(again).toMatchObject({ kind: "refused", code: "already_decided" });
  expect((await approvals.get("s2")).gate).toMatchObject({ rule: { min: 2 }, subject: { revision: 1 } });
  expect(open.effects).toEqual([]);
  await respondToApproval("s2", { decision: "approve", by: "eve" });
  await wish.result();
  expect(open.effects.map(({ action }) => action.payload)).toMatchObject([{ product: "a" }]);
});

test("an agent stores no revision of a program's plan, and a revision that nobody could approve is refused", async () => {
  const open = await opened();
  const { plans, runSpecialist } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "h1", body: priceBody("a"), requestedBy: "ann" });
  for (const requestedBy of ["ann", "bob"])
    await stores(open, "planner", { planId: "n1", products: [requestedBy], requestedBy });

  const script = (planId: string): string => JSON.stringify([store(planId, "z"), { text: "Done." }]);
  const ofProgram = toolResults(await readEvents(runSpecialist("planner", script("h1"))));
  const byLast = toolResults(await readEvents(runSpecialist("planner", script("n1"), { requestedBy: "eve" })));

  expect(ofProgram).toMatchObject([{ isError: true, result: expect.stringContaining("was stored by a program") }]);
  const nobody = '"eve", "ann", "bob" asked, so nobody may';
  expect(byLast).toMatchObject([{ isError: true, result: expect.stringContaining(nobody) }]);
  expect(await plans.get("n1")).toMatchObject({ revision: 2 });
});

test("a deploy forgets nobody who asked, and an open gate keeps the rule it opened with", async () => {
  const before = await opened();
  await stores(before, "bulkPlanner", { planId: "d1", products: ["a"], requestedBy: "ann" });
  await stores(before, "bulkPlanner", { planId: "d2", products: ["a"], requestedBy: "ann" });
  await before.session.close();
  const { taskQueue } = before.session;
  await using after = await openRuntime(twoPlanners(1), {
    workspace: before.runtime.app.workspace,
    session: { home: before.home, temporal: { address: inject("temporalAddress"), taskQueue } },
  });
  const { plans, respondToApproval } = after.runtime;

  const first = await respondToApproval("d1", { decision: "approve", by: "bob" });
  await stores(after, "bulkPlanner", { planId: "d2", products: ["b"] });
  const ann = await respondToApproval("d2", { decision: "approve", by: "ann" });
  const bob = await respondToApproval("d2", { decision: "approve", by: "bob" });

  expect(first).toMatchObject({ kind: "counted", status: "draft", waitsForMore: true });
  expect(ann).toMatchObject({ kind: "refused", code: "forbidden" });
  expect(bob).toMatchObject({ kind: "counted", status: "approved" });
  expect(await plans.get("d2")).toMatchObject({ approvedGate: { rule: { min: 1 }, alsoAskedBy: ["ann"] } });
});
