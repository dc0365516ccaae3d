import type { Gate } from "../protocol/gate.ts";
import type { DecisionRecord } from "../protocol/plan.ts";
import { approvedBy } from "./judge-answer.ts";
import { isSamePerson } from "../lib/same-person.ts";
import { quorum, whyForbidden } from "./may-decide.ts";

/** How far a gate is from what its rule wants. */
export interface GateProgress {
  /** How many different people must approve. */
  readonly wanted: number;
  /** Who approved this content so far. */
  readonly approved: readonly string[];
  /** Who may still approve; null where the rule names nobody. */
  readonly stillToCome: readonly string[] | null;
  /** Whether the one who asked may answer too. */
  readonly mayRequesterDecide: boolean;
  /** How many answers came to this gate and did not count. */
  readonly refusedCount: number;
}

/** Reads from the decisions on record who answered a gate and who is still to come. */
export function gateProgress(gate: Gate, decisions: readonly DecisionRecord[]): GateProgress {
  const { rule, requestedBy } = gate;
  const approved = approvedBy(gate, decisions);
  const named = rule.kind === "always" ? rule.approvers : undefined;
  const isOpen = (person: string): boolean =>
    whyForbidden(gate, person) === null && !approved.some((other) => isSamePerson(other, person));
  return {
    wanted: quorum(rule),
    approved,
    stillToCome: named?.filter(isOpen) ?? null,
    mayRequesterDecide: whyForbidden(gate, requestedBy) === null,
    refusedCount: refusedCount(gate, decisions),
  };
}

/** How many answers to a gate were refused. */
export function refusedCount({ id }: Gate, decisions: readonly DecisionRecord[]): number {
  return decisions.filter(({ gate, refused }) => gate === id && refused !== null).length;
}
