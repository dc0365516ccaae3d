import { InputError } from "../../protocol/errors.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { parsePlanId } from "../parse-id.ts";
import type { PlanHostPlace, StorePlace } from "../place.ts";

/** The plan that has this id; fails with PLAN_UNKNOWN. */
export async function findPlan(place: StorePlace, planId: string): Promise<PlanRecord> {
  const plan = await place.store.plans.get(parsePlanId(planId));
  if (plan === null) throw unknownPlan(place, planId);
  return plan;
}

/** The error for a plan id that this tenant and workspace does not have. */
function unknownPlan({ scope }: StorePlace, planId: string): InputError {
  return new InputError("PLAN_UNKNOWN", `There is no plan "${planId}" in ${scope.tenant}/${scope.workspace}.`, {
    hint: "`bridle plans list` shows the plans of a workspace.",
  });
}

/** The error for touching a plan that belongs to another app of the same tenant and workspace. */
export function otherApp({ app }: Pick<PlanHostPlace, "app">, { planId, origin }: PlanRecord): InputError {
  const message = `Plan "${planId}" belongs to app "${origin.app}", received a request of app "${app.app}". Nothing was changed.`;
  return new InputError("PLAN_CONFLICT", message, {
    hint: "Use another planId, or ask the app that the plan belongs to.",
  });
}
