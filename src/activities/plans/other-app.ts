import { InputError } from "../../protocol/errors.ts";
import type { PlanRecord } from "../../state/plan-port.ts";

/** The error for a plan that another app of the same tenant and workspace stored. */
export function otherApp({ planId }: Pick<PlanRecord, "planId">): InputError {
  return new InputError(
    "PLAN_CONFLICT",
    `Plan "${planId}" belongs to another app of this workspace. Nothing was changed.`,
    {
      hint: "Use another planId for another plan.",
    },
  );
}
