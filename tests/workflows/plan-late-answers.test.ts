/** Answers that come when a plan's gate is no longer what waits: they are told so at once, whatever they name. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody, pricePlan, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";

test("an answer while an action is applied is refused at once, by the host and by hand", async () => {
  let release = (): void => undefined;
  const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
  const { effects, dispatcher } = recordingDispatcher({}, () => held);
  await using open = await openRuntime(planSpec(), { actionDispatcher: dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "b") });
  await respondToApproval("p1", { decision: "approve", by: "Bo" });
  await plans.execute("p1", { waitMs: 1 });
  await vi.waitUntil(() => effects.length === 1, { timeout: 10_000 });

  const late = await respondToApproval("p1", { decision: "reject", by: "Cy" });
  const { handle } = watchPlan(open, "p1");
  const byHand = await handle.executeUpdate("respond", { args: [{ decision: "reject", by: "Di" }] });
  const during = effects.length;
  release();

  expect(late).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(byHand).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(during).toBe(1);
  expect(await plans.execute("p1", { waitMs: 20_000 })).toMatchObject({ status: "executed" });
  expect(effects).toHaveLength(2);
}, 40_000);

test("an answer that names a gate which was decided, or whose revision was replaced, is told so and kept", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval, approvals } = open.runtime;
  const gated = async (revision: number): Promise<string> =>
    vi.waitUntil(
      async () => {
        const { gate } = await plans.get("p1");
        return gate?.subject.kind === "plan" && gate.subject.revision === revision ? gate.id : undefined;
      },
      { timeout: 10_000 },
    );
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  const first = await gated(1);
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("b") });
  const second = await gated(2);

  const older = await respondToApproval(first, { decision: "approve", by: "Bo" });
  const still = (await plans.get("p1")).status;
  const counted = await respondToApproval(second, { decision: "approve", by: "Bo" });
  const again = await respondToApproval(second, { decision: "approve", by: "Cy" });

  expect(older).toMatchObject({ kind: "refused", code: "gate_mismatch" });
  expect(still).toBe("draft");
  expect(counted).toMatchObject({ kind: "counted", status: "approved" });
  expect(again).toMatchObject({ kind: "refused", code: "already_decided" });
  expect((await plans.decisions("p1")).map(({ refused }) => refused)).toEqual([
    "gate_mismatch",
    null,
    "already_decided",
  ]);
  expect(await approvals.get(second)).toMatchObject({ gate: { id: second }, status: "closed" });
}, 40_000);

test("an answer that comes while the waiting are told of a plan's end is answered, and the plan's workflow ends", async () => {
  await using open = await openRuntime(planSpec(), { actionDispatcher: recordingDispatcher().dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  const { handle } = watchPlan(open, "p1");
  const wanted = async (wave: string): Promise<void> => {
    for (let index = 0; index < 30; index++) {
      const requestId = `${wave}-${index}`;
      const waiter = { workflowId: `nobody-${requestId}`, runId: "gone", turn: "gone", agent: "a", callId: requestId };
      await handle.signal("execute", { requestId, waiter });
    }
  };
  const told = async (): Promise<number> => {
    const { events } = await handle.fetchHistory();
    return events?.filter((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes != null).length ?? 0;
  };
  await wanted("before");
  await respondToApproval("p1", { decision: "reject", by: "Bo" });
  await wanted("after");
  await vi.waitUntil(async () => (await told()) > 30, { timeout: 20_000 });

  const late = await Promise.race([
    handle.executeUpdate("respond", { args: [{ decision: "approve", by: "Cy" }] }),
    sleep(10_000, "still waiting", { ref: false }),
  ]);

  expect(late).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(await handle.result()).toMatchObject({ status: "rejected" });
}, 60_000);
