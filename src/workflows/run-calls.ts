import { ActivityFailure, ApplicationFailure, condition, isCancellation, proxyActivities } from "@temporalio/workflow";
import { type AgentRoute, type GateRoute, routeCall, type RoutedCall, type ToolRoute } from "../engine/route-call.ts";
import { InternalError } from "../protocol/errors.ts";
import { CALLS_PER_STEP, PARALLEL_TOOLS } from "../protocol/limits/turn.ts";
import type { CallOutcome, RequestedCall, TurnActivities } from "../protocol/turn.ts";
import { runInLanes } from "./lanes.ts";
import { type OpenTurn, whilePending } from "./open-turn.ts";
import { type Admission, passGate } from "./pass-gate.ts";
import { toolPolicy } from "./policies.ts";
import { runAgent } from "./run-agent.ts";
import { runPlan } from "./run-plan.ts";

const { runTool, validatePlan } = proxyActivities<TurnActivities>(toolPolicy(0, undefined));

/** What came of the calls of one reply. */
export interface CallsRun {
  /** What the store cannot know; every other call's result is there. */
  readonly outcomes: readonly CallOutcome[];
  /** Calls that still wait for people: they go on in a fresh history. */
  readonly left: readonly RequestedCall[];
}

/** One reply's calls on their way. */
interface Running {
  readonly turn: OpenTurn;
  readonly left: Set<string>;
  /** Tools that run right now. A call that waits for a person holds up nobody. */
  busy: number;
}

type Job = () => Promise<CallOutcome | undefined>;

/**
 * Runs the calls of one reply: tools side by side, agents one after the other in the order they were asked for. Every gate opens at
 * once, and an agent that waits at one holds up the agents behind it.
 */
export async function runCalls(turn: OpenTurn, calls: readonly RequestedCall[]): Promise<CallsRun> {
  const running: Running = { turn, left: new Set(), busy: 0 };
  const routed = calls.map((call) => route(turn, call));
  const refused = routed.flatMap((call) =>
    call.kind === "refused" ? [{ callId: call.callId, error: call.error }] : [],
  );
  const tools = routed.flatMap((call) => toolJob(running, call) ?? []);
  const agents = routed.map((call) => agentJobs(running, call)).filter((jobs) => jobs !== undefined);
  const plans = routed.flatMap((call) =>
    call.kind === "plan" ? [(): Promise<CallOutcome> => runPlan(turn, call)] : [],
  );
  const outcomes = await runInLanes<CallOutcome | undefined>([
    { width: CALLS_PER_STEP, jobs: tools },
    { width: CALLS_PER_STEP, jobs: agents.flatMap(({ ask }) => ask ?? []) },
    { width: 1, jobs: agents.map(({ run }) => run) },
    { width: PARALLEL_TOOLS, jobs: plans },
  ]);
  return {
    outcomes: [...refused, ...outcomes.filter((outcome) => outcome !== undefined)],
    left: calls.filter(({ id }) => running.left.has(id)),
  };
}

function route(turn: OpenTurn, call: RequestedCall): RoutedCall {
  if (turn.state.slice === null) throw new InternalError("A call was routed before the agent was known.");
  return routeCall(turn.state.slice, call, turn.depth);
}

function toolJob(running: Running, call: RoutedCall): Job | undefined {
  if (call.kind === "tool") return () => callTool(running, call);
  if (call.kind !== "gate" || call.call.kind !== "tool") return undefined;
  const tool = call.call;
  return async () => {
    const admission = await passGate(running.turn, call);
    return admission.kind === "admitted" ? callTool(running, tool, admission.gate) : stay(running, call, admission);
  };
}

/** An agent's own job, and the one that takes it through its gate beforehand. */
interface AgentJobs {
  readonly ask?: Job;
  readonly run: Job;
}

function agentJobs(running: Running, call: RoutedCall): AgentJobs | undefined {
  if (call.kind === "agent") return { run: () => callAgent(running, call) };
  if (call.kind !== "gate" || call.call.kind !== "agent") return undefined;
  const agent = call.call;
  let admission: Admission | undefined;
  const ask: Job = async () => {
    admission = await passGate(running.turn, call);
    return undefined;
  };
  const run: Job = async () => {
    await condition(() => admission !== undefined);
    if (admission?.kind === "admitted") return callAgent(running, agent);
    return stay(running, call, admission ?? { kind: "left" });
  };
  return { ask, run };
}

function stay({ left }: Running, { callId }: GateRoute, admission: Admission): CallOutcome | undefined {
  if (admission.kind === "refused") return admission.outcome;
  left.add(callId);
  return undefined;
}

/** An agent whose turn comes only once the history is full begins in the next one. */
async function callAgent({ turn, left }: Running, call: AgentRoute): Promise<CallOutcome | undefined> {
  if (!turn.gates.isCut) return runAgent(turn, call);
  left.add(call.callId);
  return undefined;
}

async function callTool(running: Running, call: ToolRoute, gate?: string): Promise<CallOutcome | undefined> {
  const { turn } = running;
  const { name, timeoutMs, callId } = call;
  const options = { ...toolPolicy(timeoutMs, turn.state.slice?.heartbeatMs), summary: name };
  const input = { ref: turn.ref, callId, ...(gate === undefined ? {} : { gate }) };
  while (running.busy >= PARALLEL_TOOLS) await condition(() => running.busy < PARALLEL_TOOLS);
  running.busy += 1;
  try {
    const activity = call.activity === undefined ? runTool : validatePlan;
    await whilePending(turn, { kind: "tool", name }, () => activity.executeWithOptions(options, [input]));
    return undefined;
  } catch (error) {
    return lostTool(call, error);
  } finally {
    running.busy -= 1;
  }
}

/** A tool activity fails only when its workers died or hung; what the tool itself did wrong is a result in the store. */
function lostTool({ name, callId, effects }: ToolRoute, error: unknown): CallOutcome {
  const isLost = error instanceof ActivityFailure && !(error.cause instanceof ApplicationFailure);
  if (isCancellation(error) || !isLost) throw error;
  const message = `Tool "${name}" was given up: its worker stopped answering.`;
  if (effects !== "once") return { callId, error: { code: "TOOL_TIMEOUT", message } };
  return {
    callId,
    error: { code: "TOOL_OUTCOME_UNKNOWN", message: `${message} It may or may not have taken effect.` },
  };
}
