/** A plan whose workflow was reset with Temporal's own tools: the store knows better than the history. */
import { expect, test } from "vitest";
import { openRuntime, type OpenRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody, pricePlan, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";
import { untilGated } from "../helpers/until-gated.ts";

/** Resets to the end of the first workflow task after the gate opened, and drops every message since. */
async function resetToGate(open: OpenRuntime, planId: string): Promise<void> {
  const { handle } = watchPlan(open, planId);
  const { events } = await handle.fetchHistory();
  const tasks = (events ?? []).filter(({ workflowTaskCompletedEventAttributes: task }) => task);
  const { client } = open.session;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    reason: "test",
    requestId: `reset-${Date.now()}`,
    workflowTaskFinishEventId: tasks[1]?.eventId ?? null,
    resetReapplyExcludeTypes: [1, 2],
  });
}

test("a plan that was reset to before its approval is executed by the next who asks", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(planSpec(), { actionDispatcher: dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  await untilGated({ plans }, "p1");
  expect(await respondToApproval("p1", { decision: "approve", by: "Bo" })).toMatchObject({ kind: "counted" });
  await resetToGate(open, "p1");

  expect(await plans.execute("p1", { waitMs: 15_000 })).toMatchObject({ status: "executed" });
  expect(effects).toHaveLength(1);
}, 40_000);
