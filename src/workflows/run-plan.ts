import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  workflowInfo,
} from "@temporalio/workflow";
import type { RoutedCall } from "../engine/route-call.ts";
import type { ExecuteRequest } from "../protocol/plan-flow.ts";
import type { CallOutcome } from "../protocol/turn.ts";
import { type OpenTurn, whilePending } from "./open-turn.ts";
import { executeSignal, forgetSignal } from "./plan-inbox.ts";

/** Asks a plan to be executed and waits until it stands still. How it stands is in the store, also when its workflow is gone. */
export async function runPlan(turn: OpenTurn, call: Extract<RoutedCall, { kind: "plan" }>): Promise<CallOutcome> {
  const { tenant = "", workspace = "", turn: id, runId, agent = "" } = turn.ref;
  const { callId, plan } = call;
  const waiter = { workflowId: workflowInfo().workflowId, runId, turn: id, agent, callId };
  const request: ExecuteRequest = { requestId: `${id}:${callId}`, waiter };
  const handle = getExternalWorkflowHandle(`${tenant}/${workspace}/plan/${plan}`);
  await whilePending(turn, { kind: "plan", name: plan }, async () => {
    try {
      await handle.signal(executeSignal, request);
    } catch (error) {
      if (isCancellation(error)) throw error;
      return; // its workflow has ended or never was: the store says which
    }
    try {
      await condition(() => turn.inbox.isSettled(callId));
    } catch (error) {
      await CancellationScope.nonCancellable(() => handle.signal(forgetSignal, request)).catch(() => undefined);
      throw error;
    }
  });
  return { callId, plan };
}
