import type { Gate } from "../protocol/gate.ts";
import type { DecisionRecord } from "../protocol/plan.ts";
import { gateProgress } from "./gate-progress.ts";
import { quorum, whyForbidden } from "./may-decide.ts";

/** A gate that is open, or what one will ask that nobody has opened yet. */
export type AskingGate = Gate | Pick<Gate, "rule" | "requestedBy" | "alsoAskedBy">;

/** Who must still approve what waits. */
export interface StillToCome {
  /** How many more people. */
  readonly missing: number;
  /** Who may; null where the rule names nobody. */
  readonly people: readonly string[] | null;
}

/** Reads who must still approve. Nobody has answered a gate that is not open. */
export function stillToCome(gate: AskingGate, decisions: readonly DecisionRecord[]): StillToCome {
  if ("id" in gate) {
    const { wanted, approved, stillToCome: people } = gateProgress(gate, decisions);
    return { missing: Math.max(0, wanted - approved.length), people };
  }
  const { rule } = gate;
  const named = rule.kind === "always" ? rule.approvers : undefined;
  return { missing: quorum(rule), people: named?.filter((person) => whyForbidden(gate, person) === null) ?? null };
}
