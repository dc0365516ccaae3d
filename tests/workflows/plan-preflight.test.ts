/** What is looked over before the first action of a plan, however much of it there is. */
import { expect, test } from "vitest";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, productSet, recordingDispatcher } from "../helpers/plan-app.ts";

test("two thousand actions on one large set are begun, and the set is read once", { timeout: 60_000 }, async () => {
  const { dispatcher } = recordingDispatcher({ mode: "batch", guarantee: "natural" });
  await using open = await openRuntime(planSpec({ plans: "never" }), { actionDispatcher: dispatcher });
  const { createReference, plans } = open.runtime;
  const { kind, id } = await createReference(
    productSet,
    Array.from({ length: 400_000 }, (_, index) => `product-${index}`),
  );
  const actions = Array.from({ length: 2_000 }, () => ({ kind: "hold", products: { kind, id } }));
  await plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "season", actions } });

  const plan = await plans.execute("p1", { waitMs: 45_000 });

  expect(plan).toMatchObject({ status: "executed", error: null });
});
