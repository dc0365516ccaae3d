import { expect, test, vi } from "vitest";
import { StateError } from "../../src/protocol/errors.ts";
import { PlanId } from "../../src/protocol/plan.ts";
import type { PlanRecord } from "../../src/state/plan-port.ts";
import { beforeChange } from "../helpers/before-change.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody as body, pricePlan, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";
import { storeOf } from "../helpers/store-of.ts";
import { untilGated } from "../helpers/until-gated.ts";

const two = planSpec({ plans: { kind: "always", min: 2 } });

test("an edit that changes nothing does not close the gate of a quorum for ever", async () => {
  await using open = await openRuntime(two, { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  await respondToApproval("p1", { decision: "edit", by: "ann", edits: body("a") });
  for (const by of ["bo", "cy", "di"]) await respondToApproval("p1", { decision: "approve", by });
  expect((await plans.get("p1")).status).toBe("approved");
}, 30_000);

test("content that came back while an answer to other content was judged needs its own quorum", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(two, { actionDispatcher: dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const gated = async (hash: string): Promise<unknown> =>
    vi.waitUntil(async () => (await plans.get("p1")).gate?.contentHash === hash, { timeout: 8_000 });
  const a = await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  await gated(a.planHash);
  await respondToApproval("p1", { decision: "approve", by: "ann" });
  const b = await plans.store({ plan: pricePlan, planId: "p1", body: body("b") });
  await gated(b.planHash);
  await respondToApproval("p1", { decision: "approve", by: "bo" });
  let stored = false;
  beforeChange(open, async (_, key) => {
    if (!key.startsWith("answer:") || stored) return;
    stored = true;
    await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  });
  await respondToApproval("p1", { decision: "approve", by: "cy", contentHash: b.planHash });
  await plans.execute("p1", { waitMs: 4_000 });
  expect(effects.map(({ action }) => action.payload)).toEqual([]);
}, 30_000);

test("a revision stored while an answer to the one before is judged waits for its own answer", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const a = await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  let stored = false;
  beforeChange(open, async (_, key) => {
    if (!key.startsWith("answer:") || stored) return;
    stored = true;
    await plans.store({ plan: pricePlan, planId: "p1", body: body("b") });
  });
  await respondToApproval("p1", { decision: "approve", by: "cy", contentHash: a.planHash });
  const settled = async (): Promise<PlanRecord | undefined> => {
    const plan = await plans.get("p1");
    return plan.gate?.contentHash === plan.planHash ? plan : undefined;
  };
  const { gate } = await vi.waitUntil(settled, { timeout: 15_000 });
  expect(gate?.subject).toMatchObject({ revision: 2 });
  expect(await plans.get("p1")).toMatchObject({ status: "draft", revision: 2 });
}, 30_000);

test("an edit and its revision are stored together: an attempt that is lost before leaves neither, and the next one both", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  await untilGated({ plans }, "p1");
  const before: number[] = [];
  beforeChange(open, async (store, key) => {
    if (!key.startsWith("answer:")) return;
    before.push((await store.revisions(PlanId.parse("p1"))).length);
    if (before.length === 1) throw new StateError("STORE_UNAVAILABLE", "lost", { retryable: true });
  });

  const edited = await respondToApproval("p1", { decision: "edit", by: "ann", edits: body("b") });

  expect(before).toEqual([1, 1]);
  expect(edited).toMatchObject({ kind: "counted", status: "approved" });
  expect(await plans.get("p1")).toMatchObject({ status: "approved", revision: 2, gate: null });
}, 30_000);

test("a plan that says it is approved runs nothing without the decisions of the gate of this very revision", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(two, { actionDispatcher: dispatcher });
  const { plans, respondToApproval } = open.runtime;
  const first = await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  await respondToApproval("p1", { decision: "approve", by: "ann" });
  await plans.store({ plan: pricePlan, planId: "p1", body: body("b") });
  const third = await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  await vi.waitUntil(async () => (await plans.get("p1")).gate?.subject.kind === "plan", { timeout: 15_000 });
  await watchPlan(open, "p1").handle.terminate("by hand");
  await storeOf(open).plans.change({
    key: "forced",
    planId: third.planId,
    from: ["draft"],
    status: "approved",
    gate: null,
    ...(third.gate === null ? {} : { approvedGate: third.gate }),
  });

  const ended = await plans.execute("p1", { waitMs: 10_000 });

  expect(third.planHash).toBe(first.planHash);
  expect(ended).toMatchObject({ status: "failed", error: { code: "PLAN_CHANGED" } });
  expect(effects).toEqual([]);
}, 30_000);

test("a withdrawal is of the content that there is when it is written, and the record names it", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  let second = "";
  beforeChange(open, async (_, key) => {
    if (!key.startsWith("cancel_") || second !== "") return;
    second = "stored";
    second = (await plans.store({ plan: pricePlan, planId: "p1", body: body("b") })).planHash;
  });

  await watchPlan(open, "p1").handle.signal("cancel", { by: "ann" });
  await vi.waitUntil(async () => (await plans.get("p1")).status === "rejected", { timeout: 8_000 });

  expect(await plans.decisions("p1")).toMatchObject([{ by: "ann", contentHash: second, revision: 2 }]);
}, 30_000);

test("a withdrawal that names its content leaves the next revision alone", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  const first = await plans.store({ plan: pricePlan, planId: "p1", body: body("a") });
  const second = await plans.store({ plan: pricePlan, planId: "p1", body: body("b") });

  await handle.signal("cancel", { by: "ann", contentHash: first.planHash });
  const refused = await handle.executeUpdate("respond", { args: [{ decision: "approve", contentHash: "other" }] });
  const between = await plans.get("p1");
  await handle.signal("cancel", { by: "ann", contentHash: second.planHash });
  await handle.result();

  expect(refused).toMatchObject({ kind: "refused", code: "plan_hash_mismatch" });
  expect(between).toMatchObject({ status: "draft", revision: 2 });
  expect(await plans.get("p1")).toMatchObject({ status: "rejected" });
}, 30_000);
