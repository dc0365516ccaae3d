import { sha256 } from "../lib/sha256.ts";
import { stableJson } from "../lib/stable-json.ts";
import type { Gate } from "../protocol/gate.ts";
import { ContentHash } from "../protocol/ids.ts";
import type { Json } from "../protocol/json.ts";
import type { GateRule } from "../protocol/turn.ts";
import { gateDeadline } from "./gate-deadline.ts";

/** One tool call with all that people approve of it. References in the arguments name their content. */
export interface GatedCall {
  readonly tenant: string;
  readonly workspace: string;
  readonly turn: string;
  readonly callId: string;
  readonly agent: string;
  readonly tool: string;
  readonly args: Json;
}

/** Who is asked about a call, since when, and why where the rule does not say. */
export interface Asking {
  readonly rule: GateRule;
  readonly at: string;
  /** The person behind the run; null when nobody was named. */
  readonly requestedBy: string | null;
  readonly reason?: string;
}

/** What an approval of a call is bound to: who calls which tool with which arguments. */
export function callHash({ agent, tool, args }: Pick<GatedCall, "agent" | "tool" | "args">): ContentHash {
  return ContentHash.parse(sha256(stableJson({ agent, tool, args })));
}

/** The id of a call's gate. It derives from what the gate is for, so that every attempt finds the same one. */
export function toolGateId(call: GatedCall): string {
  const { tenant, workspace, turn, callId } = call;
  return `gate_${sha256(stableJson([tenant, workspace, turn, callId, callHash(call)])).slice(0, 24)}`;
}

/** The gate of one tool call. */
export function toolGate(call: GatedCall, { rule, at, requestedBy, reason }: Asking): Gate {
  const { turn, callId, tool, agent } = call;
  return {
    id: toolGateId(call),
    subject: { kind: "tool", turn, callId, tool },
    contentHash: callHash(call),
    rule,
    requestedBy: requestedBy ?? agent,
    agent,
    openedAt: at,
    deadline: gateDeadline(rule, at),
    ...(reason === undefined ? {} : { reason }),
  };
}
