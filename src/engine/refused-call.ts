import type { ErrorInfo } from "../protocol/errors.ts";
import type { DecisionRecord } from "../protocol/plan.ts";

/**
 * What a model reads about a call that nobody approved. The note stands whole, because the model works from it, and quoted, because it
 * is a person's word and not ours.
 */
export function refusedCall(tool: string, decisions: readonly DecisionRecord[]): ErrorInfo {
  const closing = decisions.findLast(({ refused, decision }) => refused === null && decision !== "approve");
  if (closing === undefined || closing.decision === "expire") {
    const message = `Nobody approved this call of "${tool}" in time. It was not run.`;
    return { code: "APPROVAL_EXPIRED", message };
  }
  const { by, note, decision } = closing;
  const said = note === null ? "without a note" : `with the note ${JSON.stringify(note)}`;
  const then = decision === "revise" ? " Change the call as the note says before asking again." : "";
  const done = decision === "revise" ? "sent back" : "rejected";
  return {
    code: "APPROVAL_REJECTED",
    message: `This call of "${tool}" was ${done} by ${JSON.stringify(by)} ${said}. It was not run.${then}`,
  };
}
