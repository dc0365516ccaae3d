import { ActivityFailure, ApplicationFailure, isCancellation, proxyActivities } from "@temporalio/workflow";
import { routeCall, type RoutedCall } from "../engine/route-call.ts";
import { InternalError } from "../protocol/errors.ts";
import { PARALLEL_TOOLS } from "../protocol/limits.ts";
import type { CallOutcome, RequestedCall, TurnActivities } from "../protocol/turn.ts";
import { type OpenTurn, whilePending } from "./open-turn.ts";
import { toolPolicy } from "./policies.ts";
import { runAgent } from "./run-agent.ts";
import { runPlan } from "./run-plan.ts";
import { runInLanes } from "./lanes.ts";

type ToolCall = Extract<RoutedCall, { kind: "tool" }>;

const { runTool, validatePlan } = proxyActivities<TurnActivities>(toolPolicy(0, undefined));

/**
 * Runs the calls of one reply: tools side by side, agents one after the other. Returns the outcomes that the store cannot
 * know; every other call's result is in the store when this returns.
 */
export async function runCalls(turn: OpenTurn, calls: readonly RequestedCall[]): Promise<readonly CallOutcome[]> {
  const routed = calls.map((call) => route(turn, call));
  const refused = routed.filter((call) => call.kind === "refused").map(({ callId, error }) => ({ callId, error }));
  const tools = routed.filter((call) => call.kind === "tool").map((call) => () => callTool(turn, call));
  const agents = routed.filter((call) => call.kind === "agent").map((call) => () => runAgent(turn, call));
  const plans = routed.filter((call) => call.kind === "plan").map((call) => () => runPlan(turn, call));
  const outcomes = await runInLanes<CallOutcome | undefined>([
    { width: PARALLEL_TOOLS, jobs: tools },
    { width: 1, jobs: agents },
    { width: PARALLEL_TOOLS, jobs: plans },
  ]);
  return [...refused, ...outcomes.filter((outcome) => outcome !== undefined)];
}

function route(turn: OpenTurn, call: RequestedCall): RoutedCall {
  if (turn.state.slice === null) throw new InternalError("A call was routed before the agent was known.");
  return routeCall(turn.state.slice, call, turn.depth);
}

async function callTool(turn: OpenTurn, call: ToolCall): Promise<CallOutcome | undefined> {
  const { name, timeoutMs, callId } = call;
  const options = { ...toolPolicy(timeoutMs, turn.state.slice?.heartbeatMs), summary: name };
  try {
    await whilePending(turn, { kind: "tool", name }, () =>
      (call.activity === undefined ? runTool : validatePlan).executeWithOptions(options, [{ ref: turn.ref, callId }]),
    );
    return undefined;
  } catch (error) {
    return lostTool(call, error);
  }
}

/** A tool activity fails only when its workers died or hung; what the tool itself did wrong is a result in the store. */
function lostTool({ name, callId, effects }: ToolCall, error: unknown): CallOutcome {
  const isLost = error instanceof ActivityFailure && !(error.cause instanceof ApplicationFailure);
  if (isCancellation(error) || !isLost) throw error;
  const message = `Tool "${name}" was given up: its worker stopped answering.`;
  if (effects !== "once") return { callId, error: { code: "TOOL_TIMEOUT", message } };
  return {
    callId,
    error: { code: "TOOL_OUTCOME_UNKNOWN", message: `${message} It may or may not have taken effect.` },
  };
}
