import type { ErrorInfo } from "../protocol/errors.ts";
import { AGENT_DEPTH, DEFAULT_TOOL_TIMEOUT_MS } from "../protocol/limits.ts";
import type { AgentSlice, ToolEffects } from "../protocol/manifest.ts";
import type { RequestedCall } from "../protocol/turn.ts";

/** Where one tool call goes. */
export type RoutedCall =
  | {
      readonly kind: "tool";
      readonly callId: string;
      readonly name: string;
      readonly effects: ToolEffects;
      readonly timeoutMs: number;
      /** Set for the call that stores a plan: it goes to the activity of that name. */
      readonly activity?: "validatePlan";
    }
  /** Waits until a plan stands still. */
  | { readonly kind: "plan"; readonly callId: string; readonly plan: string }
  | { readonly kind: "agent"; readonly callId: string; readonly agent: string }
  | { readonly kind: "refused"; readonly callId: string; readonly error: ErrorInfo };

/**
 * The one funnel every tool call of every kind passes on its way to running. A call whose rule is not `never` has no way
 * around it: until gates exist it is refused.
 */
export function routeCall(slice: AgentSlice, call: RequestedCall, depth: number): RoutedCall {
  if (call.agent !== undefined) return routeAgent(slice, { callId: call.id, agent: call.agent }, depth);
  if (call.plan !== undefined) return { kind: "plan", callId: call.id, plan: call.plan };
  if (call.builtIn === true) return routeBuiltIn(call);
  const tool = slice.tools[call.name] ?? {};
  if ((tool.approval?.kind ?? "never") !== "never") return refused(call.id, gateUnavailable(call.name));
  const effects = tool.effects ?? "none";
  return {
    kind: "tool",
    callId: call.id,
    name: call.name,
    effects,
    timeoutMs: tool.timeoutMs ?? DEFAULT_TOOL_TIMEOUT_MS,
  };
}

/** Storing and looking at plans changes nothing; what a plan does waits at the plan's own gate. */
function routeBuiltIn({ id, name }: RequestedCall): RoutedCall {
  const plain = { kind: "tool", callId: id, name, effects: "none", timeoutMs: DEFAULT_TOOL_TIMEOUT_MS } as const;
  return name === "storePlan" ? { ...plain, activity: "validatePlan" } : plain;
}

function routeAgent(
  slice: AgentSlice,
  { callId, agent }: { callId: string; agent: string },
  depth: number,
): RoutedCall {
  if (!slice.routes.includes(agent)) {
    return refused(callId, { code: "AGENT_UNKNOWN", message: `No route to agent "${agent}".` });
  }
  if (depth >= AGENT_DEPTH) {
    return refused(callId, {
      code: "AGENT_DEPTH",
      message: `Agents may call agents ${AGENT_DEPTH} deep; this call would be deeper.`,
    });
  }
  return { kind: "agent", callId, agent };
}

function refused(callId: string, error: ErrorInfo): RoutedCall {
  return { kind: "refused", callId, error };
}

function gateUnavailable(tool: string): ErrorInfo {
  return {
    code: "GATE_UNAVAILABLE",
    message: `Tool "${tool}" needs a person's approval, and approval gates are not part of this version. The call was not run.`,
    hint: 'Set the tool\'s approval to "never", or wait for gates.',
  };
}
