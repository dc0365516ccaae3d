import { setTimeout as sleep } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import { expect, test, vi } from "vitest";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody, pricePlan, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";

test("a worker stops within its grace also while an action of a cancelled plan hangs", async () => {
  const { promise: cancelled, resolve: hearOfCancel } = Promise.withResolvers<void>();
  const { effects, dispatcher } = recordingDispatcher({ timeoutMs: 25_000 }, () => {
    Context.current().cancellationSignal.addEventListener("abort", () => hearOfCancel());
    return new Promise(() => undefined);
  });
  const open = await openRuntime(planSpec({ plans: "never" }), {
    actionDispatcher: dispatcher,
    session: { knobs: { graceMs: 500 } },
  });
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  await open.runtime.plans.execute("p1", { waitMs: 1 });
  await vi.waitUntil(() => effects.length === 1);
  await watchPlan(open, "p1").handle.signal("cancel", { by: "Bo" });
  await cancelled;

  const closed = open[Symbol.asyncDispose]().then(() => "stopped");

  expect(await Promise.race([closed, sleep(8_000, "still running", { ref: false })])).toBe("stopped");
  await closed;
}, 60_000);
