import { expect, test, vi } from "vitest";
import type { PlanStore } from "../../src/state/plan-port.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, recordingDispatcher } from "../helpers/plan-app.ts";

const body = (...products: readonly string[]): unknown => ({
  rationale: "season",
  actions: products.map((product) => ({ kind: "price", product, price: 6.49 })),
});

/** Puts something before every change of a plan in this process, so that two things happen in the order that hurts; the store is the real one. */
function beforeChange({ session }: OpenRuntime, act: (plans: PlanStore, key: string) => Promise<void>): void {
  const original = session.store.in.bind(session.store);
  vi.spyOn(session.store, "in").mockImplementation((scope) => {
    const scoped = original(scope);
    return {
      ...scoped,
      plans: {
        ...scoped.plans,
        change: async (change) => {
          await act(scoped.plans, change.key);
          return scoped.plans.change(change);
        },
      },
    };
  });
}

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
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await plans.get("p1")).toMatchObject({ status: "draft", revision: 2 });
}, 30_000);
