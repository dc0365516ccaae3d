import type { Gate } from "../protocol/gate.ts";
import type { DecisionRecord } from "../protocol/plan.ts";
import { isSamePerson } from "../lib/same-person.ts";
import { quorum, whyForbidden } from "./may-decide.ts";

/** An approved plan and all that its approval rests on. */
export interface StandingApproval {
  /** The gate that was closed; null when none was recorded. */
  readonly gate: Gate | null;
  readonly planHash: string;
  readonly revision: number;
  readonly decisions: readonly DecisionRecord[];
  readonly mode: "open" | "signed";
}

/**
 * Whether the decisions on record approve exactly this revision through exactly this gate. Approvals of the same content at another
 * gate, or under another rule, do not count: they were given to another question.
 */
export function approvalStands({ gate, planHash, revision, decisions, mode }: StandingApproval): boolean {
  if (gate === null) return false;
  const isOpen = mode === "open" && gate.mode !== "signed";
  const given = decisions.filter(
    (record) =>
      record.refused === null &&
      record.gate === gate.id &&
      record.contentHash === planHash &&
      record.revision === revision,
  );
  if (gate.rule.kind === "never")
    return given.some(({ channel, decision }) => channel === POLICY && decision === "approve");
  const people = given.filter(({ by, authn }) => (isOpen || authn === "signature") && whyForbidden(gate, by) === null);
  if (quorum(gate.rule) === 1) return people.some(isApproval);
  const approvals = people.filter(({ decision }) => decision === "approve");
  const distinct = approvals.filter(
    ({ by }, index) => approvals.findIndex((one) => isSamePerson(one.by, by)) === index,
  );
  return gate.contentHash === planHash && distinct.length >= quorum(gate.rule);
}

/** The channel of a decision that the rule itself made. */
export const POLICY = "policy";

/** Where one person is enough, an edit is the approval of what it made. */
function isApproval({ decision }: DecisionRecord): boolean {
  return decision === "approve" || decision === "edit";
}
