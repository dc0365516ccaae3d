import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  ParentClosePolicy,
  executeChild,
  workflowInfo,
} from "@temporalio/workflow";
import type { RoutedCall } from "../engine/route-call.ts";
import type { CallOutcome, TurnInput } from "../protocol/turn.ts";
import { turnWorkflowId } from "../protocol/workflow-id.ts";
import { type OpenTurn, whilePending } from "./open-turn.ts";

/** Runs a routed agent's turn as a child run. How it ended is in the store under its turn id. */
export async function runAgent(turn: OpenTurn, call: Extract<RoutedCall, { kind: "agent" }>): Promise<CallOutcome> {
  turn.childCount += 1;
  const childTurn = `${turn.ref.turn}/${call.agent}/${turn.childCount}`;
  const input = childInput(turn, call, childTurn);
  const { tenant = "", workspace = "" } = turn.ref;
  const attributes = workflowInfo().typedSearchAttributes;
  const run = (): Promise<unknown> =>
    executeChild("agentTurn", {
      workflowId: turnWorkflowId({ tenant, workspace }, childTurn),
      args: [input],
      staticSummary: `${call.agent}, called by ${turn.ref.agent}`,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      ...(attributes.getAll().length === 0 ? {} : { typedSearchAttributes: attributes }),
    });
  try {
    await whilePending(turn, { kind: "agent", name: call.agent }, run);
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure) || CancellationScope.current().consideredCancelled) throw error;
  }
  return { callId: call.callId, turn: childTurn };
}

/** Names are already validated strings; the child parses them again at its own edge. */
function childInput(
  turn: OpenTurn,
  call: { callId: string; agent: string },
  childTurn: string,
): { [K in keyof TurnInput]?: unknown } {
  const { app, tenant, workspace, threadId, runId } = turn.ref;
  const heartbeatMs = turn.state.slice?.heartbeatMs;
  const parent = { turn: turn.ref.turn, callId: call.callId, depth: turn.depth + 1 };
  return { app, tenant, workspace, threadId, runId, turn: childTurn, agent: call.agent, parent, heartbeatMs };
}
