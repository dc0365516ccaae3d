import type { PlanId } from "../../protocol/plan.ts";
import type { PlanInput } from "../../protocol/plan-flow.ts";
import { planWorkflowId } from "../../protocol/workflow-id.ts";
import type { PlanHostPlace } from "../place.ts";
import { guardTemporal } from "../temporal/guard-temporal.ts";

/** A message to the workflow of a plan. */
export interface PlanSignal {
  readonly name: "revision" | "execute" | "cancel";
  readonly payload: object;
}

/** Sends a message to the workflow of a plan and starts it when it does not run. */
export async function signalPlan(place: PlanHostPlace, planId: PlanId, signal: PlanSignal): Promise<void> {
  const { session, app, scope } = place;
  const input: PlanInput = { app: app.app, ...scope, planId };
  await guardTemporal(session, () =>
    session.client.workflow.signalWithStart("plan", {
      workflowId: planWorkflowId(scope, planId),
      taskQueue: session.taskQueue,
      args: [input],
      signal: signal.name,
      signalArgs: [signal.payload],
      staticSummary: `plan ${planId}`,
    }),
  );
}
