import { ContentHash } from "../../protocol/ids.ts";
import type { DecisionRecord, PlanStatus } from "../../protocol/plan.ts";
import type { PlanChanged, PlanRecord } from "../../state/plan-port.ts";
import type { PlanPlace } from "../plans/find-plan.ts";
import type { EditedPlan } from "./edit-plan.ts";
import type { CountedAnswer } from "./weigh-answer.ts";

/** Writes a decision that counts with all that follows from it, an edited revision too, in one transaction. */
export async function applyDecision(
  { place, plan }: { readonly place: PlanPlace; readonly plan: PlanRecord },
  counted: CountedAnswer,
  edited: EditedPlan | null,
): Promise<AppliedDecision> {
  const { gate, closes } = counted;
  const decision = decisionOn(counted, edited);
  await keepSignedEdit(place, decision);
  const status = statusAfter(counted);
  const changed = await place.store.plans.change({
    key: `answer:${decision.decisionId}:${decision.at}`,
    planId: place.planId,
    from: ["draft"],
    planHash: plan.planHash,
    decision,
    ...(edited === null ? {} : { revision: edited.revision }),
    ...(status === undefined ? {} : { status }),
    ...(status === "approved" ? { approvedGate: gate } : {}),
    ...(closes ? { gate: null } : edited === null ? {} : { gate: edited.gate }),
  });
  return { ...changed, decision };
}

/** A change of the plan, with the decision as it is on record. */
export type AppliedDecision = PlanChanged & { readonly decision: DecisionRecord };

/** Who edits and closes approves what they made of the plan. */
function decisionOn({ record, closes }: CountedAnswer, edited: EditedPlan | null): DecisionRecord {
  if (edited === null || !closes) return record;
  const { planHash: contentHash, number: revision } = edited.revision;
  return { ...record, contentHash, revision };
}

/** The edit that was signed stays in the store with its decision, so that the signature can be checked again. */
async function keepSignedEdit({ store }: PlanPlace, { decisionId, signed }: DecisionRecord): Promise<void> {
  const hash = ContentHash.safeParse(signed?.editsHash);
  if (hash.success) await store.blobs.pin(hash.data, `signed:${decisionId}`);
}

function statusAfter({ outcome, closes }: CountedAnswer): PlanStatus | undefined {
  switch (outcome) {
    case "approve":
    case "edit":
      return closes ? "approved" : undefined;
    case "reject":
      return "rejected";
    case "expire":
      return "expired";
    case "revise":
    case "none":
      return undefined;
  }
}
