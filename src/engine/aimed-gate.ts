import type { Gate } from "../protocol/gate.ts";
import type { AnswerRefusal } from "./judge-answer.ts";

/** The gates of one turn, as an answer meets them. */
export interface AimedAt {
  /** Those that wait, in the order they opened. */
  readonly waiting: readonly Gate[];
  /** The one that the answer names, when this turn has or had it. */
  readonly named: Gate | null;
}

/** The gate that an answer means, or why that cannot be told. */
export type Aim = { readonly kind: "gate"; readonly gate: Gate } | AnswerRefusal;

/** Finds the gate that an answer to a turn means: the one it names, or the only one that waits. It never guesses among several. */
export function aimedGate({ waiting, named }: AimedAt, asked: string | undefined): Aim {
  if (named !== null) return { kind: "gate", gate: named };
  const [only, ...others] = waiting;
  if (asked !== undefined) {
    const message = `This turn has no gate ${JSON.stringify(asked)}; what waits is ${listed(waiting)}.`;
    return { kind: "refused", code: "gate_mismatch", message };
  }
  if (only === undefined) return { kind: "refused", code: "closed", message: "Nothing waits for an answer." };
  if (others.length === 0) return { kind: "gate", gate: only };
  const message = `${waiting.length} calls wait, and the answer says for none of them which it is: name one in \`gate\`. What waits is ${listed(waiting)}.`;
  return { kind: "refused", code: "gate_mismatch", message };
}

function listed(gates: readonly Gate[]): string {
  if (gates.length === 0) return "nothing";
  return gates
    .map(({ id, subject }) => (subject.kind === "tool" ? `${id} (${subject.tool}, call ${subject.callId})` : id))
    .join(", ");
}
