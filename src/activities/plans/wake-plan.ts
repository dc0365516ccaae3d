import { Context } from "@temporalio/activity";
import { StateError } from "../../protocol/errors.ts";
import type { ExecuteRequest, PlanInput } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { PlanPlace } from "./find-plan.ts";

/** A message to the workflow of a plan. */
export type PlanMessage =
  | { readonly name: "revision"; readonly payload: { readonly planHash: string } }
  | { readonly name: "execute"; readonly payload: ExecuteRequest };

/** Sends a message to the workflow of a plan and starts it when it does not run. */
export async function wakePlan(
  { binding }: PlanPlace,
  { planId, workflowId }: PlanRecord,
  { name, payload }: PlanMessage,
): Promise<void> {
  const { app, tenant, workspace } = binding;
  const { client, info } = Context.current();
  // The binding's names were parsed when the app was bound.
  const input = { app, tenant, workspace, planId } as PlanInput;
  try {
    await client.workflow.signalWithStart("plan", {
      workflowId,
      taskQueue: info.taskQueue,
      args: [input],
      signal: name,
      signalArgs: [payload],
      staticSummary: `plan ${planId}`,
    });
  } catch (error) {
    throw new StateError("TEMPORAL_UNREACHABLE", `The workflow of plan "${planId}" could not be woken.`, {
      retryable: true,
      cause: error,
    });
  }
}
