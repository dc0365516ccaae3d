import { expect, test } from "vitest";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, productSet, recordingDispatcher } from "../helpers/plan-app.ts";
import { untilGated } from "../helpers/until-gated.ts";

const spec = planSpec();

const priceBody = (...products: readonly string[]): unknown => ({
  rationale: "season",
  actions: products.map((product) => ({ kind: "price", product, price: 6.49 })),
});

test("host code stores a plan with a reference, a person approves it, and it is applied once, without any model", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  const products = await open.runtime.createReference(productSet, ["x", "y"]);
  const { kind, id } = products;
  const body = { rationale: "r", actions: [{ kind: "hold", products: { kind, id } }] };

  const stored = await plans.store({ plan: pricePlan, planId: "p1", body, requestedBy: "Ann" });
  const answer = await open.runtime.respondToApproval("p1", {
    decision: "approve",
    by: "Bo",
    contentHash: stored.planHash,
    decisionId: "d1",
  });
  const first = await plans.execute("p1");
  const second = await plans.execute("p1");

  expect(stored).toMatchObject({ status: "draft", revision: 1, origin: { runId: null, requestedBy: "Ann" } });
  const counted = { kind: "counted", decisionId: "d1", status: "approved", waitsForMore: false };
  expect(answer).toEqual({ ...counted, isExecutionAsked: false });
  expect(first).toMatchObject({ status: "executed", result: { entitiesAffected: 2 } });
  expect(second).toEqual(first);
  expect(effects).toMatchObject([{ products: ["x", "y"], approvedBy: ["Bo"] }]);
  expect(await plans.actions("p1")).toMatchObject([{ index: 0, kind: "hold", state: "done", attempts: 1 }]);
  expect(await plans.card("p1")).toMatchObject({
    status: "executed",
    display: "done",
    actions: [{ title: "action 0: hold", fields: [], references: [products], state: "done" }],
    warnings: [],
  });
});

test("executing waits for the approval, and the keys of the actions are known before it", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a", "b") });
  const before = await plans.actions("p1");

  const early = await plans.execute("p1", { waitMs: 300 });
  const executing = plans.execute("p1");
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "Bo" });
  const ended = await executing;

  expect(early.status).toBe("draft");
  expect(before).toMatchObject([{ state: "pending", attempts: 0 }, { state: "pending" }]);
  expect(ended.status).toBe("executed");
  expect(effects.map(({ key }) => key)).toEqual(before.map(({ idempotencyKey }) => idempotencyKey));
});

test("an answer counts once; later ones, and those for other content or for nothing, are refused and kept", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a") });

  const other = await respondToApproval("p1", { decision: "approve", by: "Bo", contentHash: "0".repeat(64) });
  const cut = await respondToApproval("p1", { decision: "approve", contentHash: "0".repeat(12) }).catch(
    (e: unknown) => e,
  );
  const unknown = await respondToApproval("p2", { decision: "approve", by: "Bo" });
  const rejected = await respondToApproval("p1", { decision: "reject", by: "Bo", decisionId: "d1", note: "too late" });
  const late = await respondToApproval("p1", { decision: "approve", by: "Cy" });
  const again = await respondToApproval("p1", { decision: "reject", by: "Bo", decisionId: "d1" });
  const executed = await plans.execute("p1");

  expect(other).toMatchObject({ kind: "refused", code: "plan_hash_mismatch" });
  expect(cut).toMatchObject({ code: "INPUT_INVALID", hint: expect.stringContaining("bridle plans show") });
  expect(unknown).toMatchObject({ kind: "refused", code: "unknown_plan" });
  expect(rejected).toMatchObject({ kind: "counted", status: "rejected" });
  expect(late).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(again).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(executed.status).toBe("rejected");
  expect((await plans.decisions("p1")).map(({ by, decision, refused }) => [by, decision, refused])).toEqual([
    ["Bo", "approve", "plan_hash_mismatch"],
    ["Bo", "reject", null],
    ["Cy", "approve", "already_decided"],
    ["Bo", "reject", "already_decided"],
  ]);
});

test("a plan that is sent back stands still until its author stores the next revision, whose gate is answered by its id", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const first = await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a") });
  const executing = plans.execute("p1");

  await respondToApproval("p1", { decision: "revise", by: "Bo", note: "b as well" });
  const back = await executing;
  await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a", "b") });
  await untilGated({ plans }, "p1");
  const { gate } = await plans.get("p1");
  const answer = await respondToApproval(gate?.id ?? "", { decision: "approve", by: "Bo" });

  expect(back).toMatchObject({ status: "draft", gate: null, planHash: first.planHash });
  expect(answer).toMatchObject({ kind: "counted", status: "approved" });
  expect(await plans.revisions("p1")).toHaveLength(2);
  expect((await plans.list({ status: "approved" })).items.map(({ planId }) => planId)).toEqual(["p1"]);
});

test("a plan that is wrong, refers to nothing, or comes too late is not stored, and its author hears why", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const hold = { kind: "hold", products: { kind: "ProductSet", id: "ref_none" } };
  const store = (body: unknown, plan = "PricePlan"): Promise<unknown> => plans.store({ plan, planId: "p1", body });

  await expect(store({ rationale: 7, actions: [] })).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringContaining("rationale: expected a string, received 7"),
  });
  await expect(store({ rationale: "r", actions: [hold] })).rejects.toThrow(
    'ProductSet "ref_none", which does not exist',
  );
  await expect(store(priceBody("a"), "OtherPlan")).rejects.toThrow('(PricePlan), received "OtherPlan"');
  await expect(plans.get("p1")).rejects.toMatchObject({ code: "PLAN_UNKNOWN" });
  await store(priceBody("a"));
  await respondToApproval("p1", { decision: "reject", by: "Bo" });
  await expect(store(priceBody("b"))).rejects.toMatchObject({ code: "PLAN_NOT_DRAFT" });
});

test("an edit stores a revision and approves it; one that is wrong is refused, and the plan still waits", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a") });

  const wrong = await respondToApproval("p1", { decision: "edit", by: "Bo", edits: { rationale: 7, actions: [] } });
  const edited = await respondToApproval("p1", { decision: "edit", by: "Bo", edits: priceBody("a", "b") });
  const card = await plans.card("p1");

  expect(wrong).toMatchObject({ kind: "refused", code: "invalid_edit" });
  expect(edited).toMatchObject({ kind: "counted", status: "approved" });
  expect(card).toMatchObject({
    status: "approved",
    actions: [{ title: "action 0: price" }, { title: "action 1: price" }],
    warnings: ["Revision 2 was edited by Bo."],
  });
});

test("a plan whose workflow was terminated takes no answer until it is stored again", async () => {
  await using open = await openRuntime(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const { workflowId } = await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a") });
  await untilGated({ plans }, "p1");
  await open.session.client.workflow.getHandle(workflowId).terminate("by hand");

  const lost = await respondToApproval("p1", { decision: "approve", by: "Bo" });
  await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a") });
  const found = await respondToApproval("p1", { decision: "approve", by: "Bo" });

  expect(lost).toMatchObject({ kind: "refused", code: "closed" });
  expect(found).toMatchObject({ kind: "counted", status: "approved" });
});

test("an answer that is no answer is the caller's mistake", async () => {
  await using open = await openRuntime(spec);
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a") });

  await expect(open.runtime.respondToApproval("p1", { decision: "approve", by: "" })).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringContaining("by: "),
  });
});
