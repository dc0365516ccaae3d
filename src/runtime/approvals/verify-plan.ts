import { approvalStands } from "../../engine/approval-stands.ts";
import { quorum } from "../../engine/may-decide.ts";
import type { AnswerTarget } from "../../protocol/gate.ts";
import type { PlanStatus } from "../../protocol/plan.ts";
import type { ApprovalProof } from "../../specs/hosted-app.ts";
import { hashPlanBody } from "../../specs/plans/hash-plan-body.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { StorePlace } from "../place.ts";
import { whyOtherEdit } from "./check-edit.ts";
import {
  type CheckedDecisions,
  checkDecisions,
  FINE,
  type Findings,
  note,
  problem,
  together,
  type Verification,
  verifiedPeople,
} from "./verification.ts";

/** Checks the decisions on a plan, and that its content is the one they are about. */
export async function verifyPlan(open: StorePlace, plan: PlanRecord, proof: ApprovalProof): Promise<Verification> {
  const { store, scope } = open;
  const { planId, status } = plan;
  const target: AnswerTarget = { ...scope, subject: { kind: "plan", planId } };
  const { decisions, verified } = await checkDecisions(await store.plans.decisions(planId), {
    target,
    verify: proof.verify,
    whyOtherEdit: (record) => whyOtherEdit(store, planId, record),
  });
  if (!APPROVED.includes(status)) return { kind: "plan", status, decisions, ...FINE };
  // A gate keeps the mode it opened in, also when this is asked with less.
  const mustBeSigned = proof.mode === "signed" || plan.approvedGate?.mode === "signed";
  const unproven = mustBeSigned ? unapproved(plan, verified) : FINE;
  return { kind: "plan", status, decisions, ...together(unproven, await otherContent(open, plan)) };
}

/** A plan in one of these was approved, whatever came of it. */
const APPROVED: readonly PlanStatus[] = ["approved", "executing", "executed", "failed"];

/** By the rule of the gate on record: no key signed the rule. */
function unapproved(
  { status, approvedGate: gate, planHash, revision }: PlanRecord,
  verified: CheckedDecisions["verified"],
): Findings {
  if (gate?.rule.kind === "never") return note("The rule on record asks nobody, so there is no approval to verify.");
  if (approvalStands({ gate, planHash, revision, decisions: verified, mode: "signed" })) return FINE;
  const wanted = gate === null ? "no gate is on record" : `its rule wants ${quorum(gate.rule)} to approve this content`;
  return problem(`It is ${status}, and ${wanted}; ${verifiedPeople(verified)}.`);
}

async function otherContent({ store }: StorePlace, { planId, planHash }: PlanRecord): Promise<Findings> {
  const current = await store.plans.current(planId);
  if (current === null) return problem("Its content is not in the store.");
  const { body, specHash } = current;
  const held = body.actions.flatMap((action) => action.references);
  const hashed = await hashPlanBody(store.references, { spec: { name: body.spec, hash: specHash }, body, held });
  if (!hashed.ok) return note("Its content was not hashed anew: a reference of it is not in the store any more.");
  if (hashed.hash === planHash) return FINE;
  return problem(`Its content as stored has the hash ${hashed.hash}, and the one on record is ${planHash}.`);
}
