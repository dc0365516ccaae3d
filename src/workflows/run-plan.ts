import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from "@temporalio/workflow";
import type { RoutedCall } from "../engine/route-call.ts";
import { PLAN_FIRST_LOOK_MS, PLAN_LOOK_MS } from "../protocol/limits/plan.ts";
import type { PlanActivities, PlanRequested, RequestPlanInput } from "../protocol/plan-flow.ts";
import type { CallOutcome } from "../protocol/turn.ts";
import { planWorkflowId } from "../protocol/workflow-id.ts";
import { failureInfo } from "./end-turn.ts";
import { type OpenTurn, whilePending } from "./open-turn.ts";
import { forgetSignal } from "./plan-inbox.ts";
import { REQUEST_POLICY } from "./policies.ts";

const { requestPlan } = proxyActivities<PlanActivities>(REQUEST_POLICY);

/** Asks a plan to be executed and waits until it stands still. How it stands is in the store, also when its workflow is gone. */
export async function runPlan(turn: OpenTurn, call: Extract<RoutedCall, { kind: "plan" }>): Promise<CallOutcome> {
  const { callId, plan } = call;
  const input = requestOf(turn, call);
  const asked = await whilePending(turn, { kind: "plan", name: plan }, async () => {
    try {
      return await waitFor(input, () => turn.inbox.isSettled(callId));
    } catch (error) {
      if (isCancellation(error)) await CancellationScope.nonCancellable(() => forget(input));
      throw error;
    }
  });
  return asked.kind === "refused" ? { callId, error: asked.error } : { callId, plan };
}

/**
 * Looks after the plan from time to time, ever more rarely: a plan whose workflow was terminated, or that lost the request, is asked
 * again, and the same request is one request.
 */
async function waitFor(input: RequestPlanInput, isSettled: () => boolean): Promise<PlanRequested> {
  let asked = await ask(input);
  for (let pauseMs = PLAN_FIRST_LOOK_MS; asked.kind === "waits"; pauseMs = Math.min(pauseMs * 2, PLAN_LOOK_MS)) {
    if (await condition(isSettled, pauseMs)) return { kind: "settled" };
    const looked = await ask(input);
    if (looked.kind === "refused") log.warn("A plan could not be looked after.", { reason: looked.error.message });
    else asked = looked;
  }
  return asked;
}

async function ask(input: RequestPlanInput): Promise<PlanRequested> {
  try {
    return await requestPlan(input);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { kind: "refused", error: failureInfo(error) };
  }
}

/** A turn that was cancelled takes its own request back; a plan whose workflow is gone has none to take back. */
async function forget({ ref, request }: RequestPlanInput): Promise<void> {
  const { tenant, workspace, planId } = ref;
  const handle = getExternalWorkflowHandle(planWorkflowId({ tenant, workspace }, planId));
  await handle.signal(forgetSignal, { requestId: request.requestId }).catch(() => undefined);
}

function requestOf(turn: OpenTurn, call: Extract<RoutedCall, { kind: "plan" }>): RequestPlanInput {
  const { app, tenant = "", workspace = "", turn: id, runId, agent = "" } = turn.ref;
  const { callId, plan } = call;
  const waiter = { workflowId: workflowInfo().workflowId, runId, turn: id, agent, callId };
  return {
    ref: { app, tenant, workspace, planId: plan },
    agent,
    request: { requestId: `${id}:${callId}`, waiter },
  };
}
