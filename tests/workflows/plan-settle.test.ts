/** A person says what became of an action in doubt: only once its plan has ended. */
import { expect, test } from "vitest";
import { beforeChange } from "../helpers/before-change.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody, pricePlan, recordingDispatcher } from "../helpers/plan-app.ts";

test("an action in doubt is not settled before the plan's end is recorded, so that the plan still ends failed", async () => {
  const { dispatcher } = recordingDispatcher({ timeoutMs: 100 }, () => new Promise(() => undefined));
  await using open = await openRuntime(planSpec({ plans: "never" }), { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  const finding = { as: "done", by: "Bo" } as const;
  const early: unknown[] = [];
  beforeChange(open, async (_, key) => {
    if (key.startsWith("close:")) early.push(await plans.settle("p1", 0, finding).catch((error: unknown) => error));
  });
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });

  const ended = await plans.execute("p1", { waitMs: 20_000 });

  expect(early).toEqual([expect.objectContaining({ code: "ACTION_NOT_IN_DOUBT" })]);
  expect(ended).toMatchObject({ status: "failed" });
  expect(await plans.settle("p1", 0, finding)).toMatchObject({ state: "done", settlement: { by: "Bo" } });
  expect((await plans.get("p1")).status).toBe("failed");
}, 30_000);

test("who settles an action of a plan that has not begun hears so", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });

  const settled = await plans.settle("p1", 0, { as: "done", by: "Bo" }).catch((error: unknown) => error);

  expect(settled).toMatchObject({
    code: "ACTION_NOT_IN_DOUBT",
    message: 'Plan "p1" has not begun: it is draft, and no action of it was called. There is nothing to settle.',
  });
}, 30_000);
