import { proxyActivities } from "@temporalio/workflow";
import type { CallModelInput, CallModelResult, CallOutcome, TurnActivities } from "../protocol/turn.ts";
import { type OpenTurn, whilePending } from "./open-turn.ts";
import { modelPolicy } from "./policies.ts";

const { callModel: callModelActivity } = proxyActivities<TurnActivities>(modelPolicy(undefined));

/** Asks the model for its next reply. The first one also tells which agent this is and what it may do. */
export async function callModel(turn: OpenTurn, outcomes: readonly CallOutcome[]): Promise<CallModelResult> {
  const heartbeatMs = turn.state.slice?.heartbeatMs ?? turn.input.heartbeatMs;
  const options = { ...modelPolicy(heartbeatMs), summary: `${turn.ref.agent ?? "entry"} step ${turn.state.step}` };
  const item = { kind: "model", name: `step ${turn.state.step}` } as const;
  const reply = await whilePending(turn, item, () =>
    callModelActivity.executeWithOptions(options, [modelInput(turn, outcomes)]),
  );
  if (reply.found !== undefined) {
    const { tenant, workspace, agent } = reply.found;
    turn.ref = { ...turn.ref, tenant, workspace, agent };
  }
  return reply;
}

function modelInput(turn: OpenTurn, outcomes: readonly CallOutcome[]): CallModelInput {
  const { step, head } = turn.state;
  return {
    ref: turn.ref,
    step,
    head,
    ...(outcomes.length === 0 ? {} : { outcomes }),
    ...(turn.state.slice === null ? { first: turn.first } : {}),
  };
}
