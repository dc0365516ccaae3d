import { InputError } from "../../protocol/errors.ts";

/** What is said of a plan that nobody stored. */
export function unknownPlan(planId: string): InputError {
  return new InputError("PLAN_UNKNOWN", `There is no plan "${planId}" in this workspace.`, {
    hint: "A planner stores it first, with storePlan.",
  });
}
