import { getExternalWorkflowHandle, log, workflowInfo } from "@temporalio/workflow";
import type { ExecuteRequest } from "../protocol/plan-flow.ts";
import type { OpenPlan } from "./open-plan.ts";
import { planSettledSignal } from "./turn-inbox.ts";

/** Tells those who wait that the plan stands still; nobody wants it executed any more, and the same request may come again. */
export async function settleWaiters(open: OpenPlan): Promise<void> {
  const { requests } = open;
  open.requests = [];
  for (const request of requests) await tell(request);
}

/** Answers one request, and leaves the others waiting. */
export async function settleRequest(open: OpenPlan, request: ExecuteRequest): Promise<void> {
  open.requests = open.requests.filter(({ requestId }) => requestId !== request.requestId);
  await tell(request);
}

/** A turn that is gone does not need to hear. */
async function tell({ waiter }: ExecuteRequest): Promise<void> {
  if (waiter === undefined || waiter.workflowId === workflowInfo().workflowId) return;
  const handle = getExternalWorkflowHandle(waiter.workflowId);
  await handle.signal(planSettledSignal, { callId: waiter.callId }).catch((error: unknown) => {
    log.info("A waiting turn is gone.", { workflowId: waiter.workflowId, reason: String(error) });
  });
}
