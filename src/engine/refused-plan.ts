import { InputError } from "../protocol/errors.ts";
import type { PlanId, PlanStatus } from "../protocol/plan.ts";
import { UNMEETABLE_HINT } from "./why-unmeetable.ts";

/** The error for a plan whose gate nobody could ever satisfy. */
export function unmeetablePlan(planId: PlanId, why: string): InputError {
  const message = `Plan "${planId}" was not stored, because nobody could ever have it approved: ${why}.`;
  return new InputError("APPROVAL_IMPOSSIBLE", message, { hint: UNMEETABLE_HINT });
}

/** The error for storing over a plan that is past its drafts. */
export function notDraftPlan({ planId, status }: { readonly planId: PlanId; readonly status: PlanStatus }): InputError {
  return new InputError(
    "PLAN_NOT_DRAFT",
    `Plan "${planId}" is ${status} and takes no more revisions. Nothing was stored.`,
    {
      hint: "Use another planId for another plan.",
    },
  );
}
