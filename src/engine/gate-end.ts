import type { Gate } from "../protocol/gate.ts";
import type { DecisionKind } from "../protocol/decision-kind.ts";
import type { DecisionRecord } from "../protocol/plan.ts";
import { quorum } from "./may-decide.ts";

/** What was decided at a gate. */
export interface GateEnd {
  readonly decision: DecisionKind;
  /** Everybody whose answer it took. */
  readonly by: readonly string[];
  /** When the last of them answered. */
  readonly at: string;
}

/** What the decisions on record made of a gate; null while it waits for more of them, and where it was closed without any. */
export function gateEnd({ id, rule }: Gate, decisions: readonly DecisionRecord[]): GateEnd | null {
  const counted = decisions.filter(({ gate, refused }) => gate === id && refused === null);
  const other = counted.find(({ decision }) => decision !== "approve");
  if (other !== undefined) return { decision: other.decision, by: [other.by], at: other.at };
  const last = counted.at(-1);
  if (last === undefined || counted.length < quorum(rule)) return null;
  return { decision: last.decision, by: counted.map(({ by }) => by), at: last.at };
}
