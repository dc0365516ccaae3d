import { Context } from "@temporalio/activity";
import type { Expiry } from "../../engine/judge-answer.ts";
import { Answer } from "../../protocol/gate.ts";

/** One answer to a gate, of a plan or of a call, as it is judged and recorded. */
export interface GivenAnswer {
  readonly answer: Answer | DeadlinePassed;
  /** The answer's own, or one that is the same on every attempt. */
  readonly decisionId: string;
  /** Workflow time. */
  readonly at: string;
}

/** The workflow's own word, which may name a gate. */
type DeadlinePassed = Expiry & { readonly gate: string | undefined };

/** An answer as its workflow hands it over. */
export interface ArrivedAnswer {
  readonly answer: unknown;
  readonly at: string;
  /** Where it stands among the answers of this execution. */
  readonly sequence: number;
}

/** Reads an answer, which a person may have typed; null when it makes no sense. `expiring` is what a deadline ends, where nothing is named. */
export function readAnswer({ answer: given, at, sequence }: ArrivedAnswer, expiring?: string): GivenAnswer | null {
  if (isExpiry(given)) {
    const named: unknown = Reflect.get(given, "gate");
    const gate = typeof named === "string" ? named : undefined;
    return { answer: { decision: "expire", gate }, at, decisionId: `expire_${expiring ?? gate ?? ""}` };
  }
  const { data: answer } = Answer.safeParse(given);
  if (answer === undefined) return null;
  const execution = Context.current().info.workflowExecution?.runId ?? "";
  return { answer, at, decisionId: answer.decisionId ?? `answer_${execution}_${sequence}` };
}

function isExpiry(given: unknown): given is object {
  return typeof given === "object" && given !== null && "decision" in given && given.decision === "expire";
}
