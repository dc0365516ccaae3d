import { condition, proxyActivities } from "@temporalio/workflow";
import type { GateRoute } from "../engine/route-call.ts";
import type { Gate } from "../protocol/gate.ts";
import type { CallOutcome, ToolGateOpened, TurnActivities } from "../protocol/turn.ts";
import { type OpenTurn, whilePending } from "./open-turn.ts";
import { GATE_POLICY, LONGEST_TIMER_MS } from "./policies.ts";

const { openToolGate } = proxyActivities<TurnActivities>(GATE_POLICY);

/** What becomes of a call at its gate: it may run, it is answered without running, or it waits on in a fresh history. */
export type Admission =
  | { readonly kind: "admitted"; readonly gate?: string }
  | { readonly kind: "refused"; readonly outcome: CallOutcome }
  | { readonly kind: "left" };

/** Takes a call through its gate; waits for people for as long as it takes. */
export async function passGate(turn: OpenTurn, call: GateRoute): Promise<Admission> {
  const opened = await openGate(turn, call);
  if (opened.kind === "free") return { kind: "admitted" };
  if (opened.kind === "decided") return admission(call, opened.gate, opened.isApproved);
  if (opened.kind === "refused") return { kind: "refused", outcome: { callId: call.callId, error: opened.error } };
  const { gate } = opened;
  const item = { kind: "gate", name: call.tool, gate: gate.id, callId: call.callId, deadline: gate.deadline } as const;
  const isApproved = await whilePending(turn, item, () => decided(turn, gate));
  return isApproved === null ? { kind: "left" } : admission(call, gate.id, isApproved);
}

function admission({ callId }: GateRoute, gate: string, isApproved: boolean): Admission {
  return isApproved ? { kind: "admitted", gate } : { kind: "refused", outcome: { callId, gate } };
}

/** The gate is known to wait before the next answer is looked at. */
async function openGate({ gates, ref }: OpenTurn, { callId, rule, tool }: GateRoute): Promise<ToolGateOpened> {
  const input = { ref, callId, rule, at: new Date().toISOString() };
  gates.opening += 1;
  try {
    const opened = await openToolGate.executeWithOptions({ ...GATE_POLICY, summary: `gate of ${tool}` }, [input]);
    if (opened.kind === "waits") gates.waiting.set(opened.gate.id, opened.gate);
    return opened;
  } finally {
    gates.opening -= 1;
  }
}

/** Waits for a decision or the deadline, whichever is first; the deadline is judged on workflow time. Null when the history is full. */
async function decided({ gates }: OpenTurn, { id, deadline }: Gate): Promise<boolean | null> {
  const isOver = (): boolean => gates.closed.has(id) || gates.isCut;
  try {
    while (!isOver()) {
      const leftMs = deadline === null || gates.expired.has(id) ? null : Date.parse(deadline) - Date.now();
      if (leftMs === null) await condition(isOver);
      else if (leftMs > 0) await condition(isOver, Math.min(leftMs, LONGEST_TIMER_MS));
      else {
        gates.expired.add(id); // asked once: a refused expiry must not come back at once
        gates.inbox.push({ decision: "expire", gate: id });
      }
    }
  } finally {
    // One that waits on in a fresh history is still what an answer without a name means.
    if (!gates.isCut || gates.closed.has(id)) gates.waiting.delete(id);
  }
  return gates.closed.get(id) ?? null;
}
