import { InputError } from "../protocol/errors.ts";
import { PlanId, type PlanStatus } from "../protocol/plan.ts";
import type { PlanRecord } from "../state/plan-port.ts";
import type { ScopePlace } from "./run-place.ts";

/** The plan that has this id; fails with PLAN_UNKNOWN. */
export async function findPlan(place: Pick<ScopePlace, "app" | "store">, planId: string): Promise<PlanRecord> {
  const plan = await place.store.plans.get(parsePlanId(planId));
  if (plan === null) throw unknownPlan(place, planId);
  return plan;
}

/** The error for a plan id that this tenant and workspace does not have. */
function unknownPlan({ app }: Pick<ScopePlace, "app">, planId: string): InputError {
  return new InputError("PLAN_UNKNOWN", `There is no plan "${planId}" in ${app.tenant}/${app.workspace}.`, {
    hint: "`bridle plans list` shows the plans of a workspace.",
  });
}

/** A plan id as a caller gave it. */
export function parsePlanId(value: string): PlanId {
  const result = PlanId.safeParse(value);
  if (result.success) return result.data;
  throw new InputError("INPUT_INVALID", `planId must be ${ID}; received ${JSON.stringify(value)}.`);
}

/** Whether a plan in this status never changes again. */
export function isFinalPlan(status: PlanStatus): boolean {
  return FINAL.has(status);
}

const FINAL: ReadonlySet<PlanStatus> = new Set(["executed", "failed", "rejected", "expired"]);
const ID = "1 to 120 letters, digits, dots, colons, dashes or underscores, starting with a letter or digit";
