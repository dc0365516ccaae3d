import { getExternalWorkflowHandle, log } from "@temporalio/workflow";
import type { OpenPlan } from "./open-plan.ts";
import { planSettledSignal } from "./turn-inbox.ts";

/** Tells those who wait that the plan stands still; nobody wants it executed any more. A turn that is gone does not need to hear. */
export async function settleWaiters(open: OpenPlan): Promise<void> {
  const { waiters } = open;
  open.waiters = [];
  open.isWanted = false;
  for (const waiter of waiters) {
    const handle = getExternalWorkflowHandle(waiter.workflowId);
    await handle.signal(planSettledSignal, { callId: waiter.callId }).catch((error: unknown) => {
      log.info("A waiting turn is gone.", { workflowId: waiter.workflowId, reason: String(error) });
    });
  }
}
