import { ActivityFailure, ApplicationFailure, isCancellation, proxyActivities } from "@temporalio/workflow";
import { routeCall, type RoutedCall } from "../engine/route-call.ts";
import { InternalError } from "../protocol/errors.ts";
import { PARALLEL_TOOLS } from "../protocol/limits.ts";
import type { CallOutcome, RequestedCall, TurnActivities } from "../protocol/turn.ts";
import { type OpenTurn, whilePending } from "./open-turn.ts";
import { toolPolicy } from "./policies.ts";
import { runAgent } from "./run-agent.ts";

type ToolCall = Extract<RoutedCall, { kind: "tool" }>;

const { runTool } = proxyActivities<TurnActivities>(toolPolicy({ timeoutMs: 0, once: false, heartbeatMs: undefined }));

/**
 * Runs the calls of one reply: tools side by side, agents one after the other. Returns the outcomes that the store cannot
 * know; every other call's result is in the store when this returns.
 */
export async function runCalls(turn: OpenTurn, calls: readonly RequestedCall[]): Promise<readonly CallOutcome[]> {
  const routed = calls.map((call) => route(turn, call));
  const refused = routed.flatMap((call) =>
    call.kind === "refused" ? [{ callId: call.callId, error: call.error }] : [],
  );
  const [fromTools, fromAgents] = await Promise.all([
    inLanes(
      routed.filter((call) => call.kind === "tool"),
      PARALLEL_TOOLS,
      (call) => callTool(turn, call),
    ),
    inLanes(
      routed.filter((call) => call.kind === "agent"),
      1,
      (call) => runAgent(turn, call),
    ),
  ]);
  return [...refused, ...fromTools, ...fromAgents];
}

function route(turn: OpenTurn, call: RequestedCall): RoutedCall {
  if (turn.state.slice === null) throw new InternalError("A call was routed before the agent was known.");
  return routeCall(turn.state.slice, call, turn.depth);
}

/** Works through items with at most `width` at a time, keeping what the work returned. */
async function inLanes<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<CallOutcome | undefined>,
): Promise<readonly CallOutcome[]> {
  const waiting = [...items];
  const outcomes: CallOutcome[] = [];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const outcome = await work(item);
      if (outcome !== undefined) outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return outcomes;
}

async function callTool(turn: OpenTurn, call: ToolCall): Promise<CallOutcome | undefined> {
  const once = call.effects === "once";
  const heartbeatMs = turn.state.slice?.heartbeatMs;
  const options = { ...toolPolicy({ timeoutMs: call.timeoutMs, once, heartbeatMs }), summary: call.name };
  const input = { ref: turn.ref, callId: call.callId, ...(once ? { effects: "once" as const } : {}) };
  try {
    await whilePending(turn, { kind: "tool", name: call.name }, () => runTool.executeWithOptions(options, [input]));
    return undefined;
  } catch (error) {
    return lostTool(call, error);
  }
}

/** A tool activity fails only when its worker died or hung; what the tool itself did wrong is a result in the store. */
function lostTool(call: ToolCall, error: unknown): CallOutcome {
  const isLost = error instanceof ActivityFailure && !(error.cause instanceof ApplicationFailure);
  if (isCancellation(error) || !isLost) throw error;
  if (call.effects === "once") return { callId: call.callId, error: unknownOutcome(call.name) };
  const message = `Tool "${call.name}" was given up: its worker stopped answering.`;
  return { callId: call.callId, error: { code: "TOOL_TIMEOUT", message } };
}

function unknownOutcome(tool: string): { code: "TOOL_OUTCOME_UNKNOWN"; message: string; hint: string } {
  return {
    code: "TOOL_OUTCOME_UNKNOWN",
    message: `Tool "${tool}" may or may not have taken effect: its worker stopped while it ran. It was not started again.`,
    hint: "Find out from the target whether the effect happened before asking for it again.",
  };
}
