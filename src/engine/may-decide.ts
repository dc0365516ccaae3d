import { isSamePerson } from "../lib/same-person.ts";
import type { ApprovalRule } from "../protocol/approval.ts";
import type { Gate } from "../protocol/gate.ts";

/** The name under which an answer without one is recorded. It is nobody in particular. */
export const ANONYMOUS = "anonymous";

/** How many people a rule wants. */
export function quorum(rule: ApprovalRule): number {
  return (rule.kind === "always" ? rule.min : undefined) ?? 1;
}

/** Why this person may not answer this gate; null when they may. */
export function whyForbidden(gate: Pick<Gate, "rule" | "requestedBy" | "alsoAskedBy">, by: string): string | null {
  const { rule, requestedBy, alsoAskedBy = [] } = gate;
  if (rule.kind !== "always") return null;
  const { approvers, notRequester = false } = rule;
  const asksWho = approvers !== undefined || notRequester || quorum(rule) > 1;
  if (asksWho && isNobody(by)) return "This gate asks who answers, and the answer came without `by`.";
  if (approvers !== undefined && !approvers.includes(by))
    return `${quoted(by)} is none of its approvers: ${approvers.map(quoted).join(", ")}.${meant(by, approvers)}`;
  if (notRequester && isSamePerson(by, requestedBy)) return `${quoted(by)} asked for this and may not decide on it.`;
  if (notRequester && alsoAskedBy.some((name) => isSamePerson(by, name)))
    return `${quoted(by)} asked for an earlier revision of this and may not decide on it.`;
  return null;
}

/** A name that differs in case or spaces only is most likely mistyped, and is refused all the same. */
function meant(by: string, approvers: readonly string[]): string {
  const listed = approvers.find((name) => isSamePerson(name, by));
  return listed === undefined ? "" : ` Names are compared exactly: answer as ${quoted(listed)}.`;
}

function isNobody(by: string): boolean {
  return isSamePerson(by, "") || isSamePerson(by, ANONYMOUS);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
