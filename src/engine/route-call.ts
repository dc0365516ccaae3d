import type { ErrorInfo } from "../protocol/errors.ts";
import { DEFAULT_TOOL_TIMEOUT_MS } from "../protocol/limits/tool.ts";
import { AGENT_DEPTH } from "../protocol/limits/turn.ts";
import type { AgentSlice, ToolEffects } from "../protocol/manifest.ts";
import type { GateRule, RequestedCall } from "../protocol/turn.ts";

/** A call that runs in an activity. */
export interface ToolRoute {
  readonly kind: "tool";
  readonly callId: string;
  readonly name: string;
  readonly effects: ToolEffects;
  readonly timeoutMs: number;
  /** Set for the call that stores a plan: it goes to the activity of that name. */
  readonly activity?: "validatePlan";
}

/** A call that runs as another agent's turn. */
export interface AgentRoute {
  readonly kind: "agent";
  readonly callId: string;
  readonly agent: string;
}

/** A call that may have to wait for a person before it goes its way. */
export interface GateRoute {
  readonly kind: "gate";
  readonly callId: string;
  readonly tool: string;
  readonly rule: GateRule;
  readonly call: ToolRoute | AgentRoute;
}

/** Where one tool call goes. */
export type RoutedCall =
  | ToolRoute
  | AgentRoute
  | GateRoute
  /** Waits until a plan stands still. */
  | { readonly kind: "plan"; readonly callId: string; readonly plan: string }
  | { readonly kind: "refused"; readonly callId: string; readonly error: ErrorInfo };

/**
 * The one funnel every tool call of every kind passes on its way to running. A call whose rule is not `never` has no way around it:
 * what it would do is behind its gate. The plan tools of a role have none here, because what a plan does waits at the plan's own.
 */
export function routeCall(slice: AgentSlice, call: RequestedCall, depth: number): RoutedCall {
  if (call.plan !== undefined) return { kind: "plan", callId: call.id, plan: call.plan };
  if (call.builtIn === true) return routeBuiltIn(call);
  const routed = call.agent === undefined ? routeTool(slice, call) : routeAgent(slice, call, depth);
  const rule = slice.tools[call.name]?.approval ?? NEVER;
  if (rule.kind === "never" || routed.kind === "refused") return routed;
  return { kind: "gate", callId: call.id, tool: call.name, rule, call: routed };
}

const NEVER = { kind: "never" } as const;

function routeTool(slice: AgentSlice, { id, name }: RequestedCall): ToolRoute {
  const { effects = "none", timeoutMs = DEFAULT_TOOL_TIMEOUT_MS } = slice.tools[name] ?? {};
  return { kind: "tool", callId: id, name, effects, timeoutMs };
}

/** Storing and looking at plans changes nothing; what a plan does waits at the plan's own gate. */
function routeBuiltIn({ id, name }: RequestedCall): RoutedCall {
  const plain = { kind: "tool", callId: id, name, effects: "none", timeoutMs: DEFAULT_TOOL_TIMEOUT_MS } as const;
  return name === "storePlan" ? { ...plain, activity: "validatePlan" } : plain;
}

/** Nobody is asked about a call that could not run anyway. */
function routeAgent(
  slice: AgentSlice,
  { id: callId, agent = "" }: RequestedCall,
  depth: number,
): AgentRoute | Extract<RoutedCall, { kind: "refused" }> {
  if (!slice.routes.includes(agent)) {
    return { kind: "refused", callId, error: { code: "AGENT_UNKNOWN", message: `No route to agent "${agent}".` } };
  }
  if (depth < AGENT_DEPTH) return { kind: "agent", callId, agent };
  const message = `Agents may call agents ${AGENT_DEPTH} deep; this call would be deeper.`;
  return { kind: "refused", callId, error: { code: "AGENT_DEPTH", message } };
}
