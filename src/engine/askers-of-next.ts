import type { PlanStatus } from "../protocol/plan.ts";
import { type Askers, withAsker } from "../protocol/requester.ts";

/** A plan that is stored under an id already. */
export interface PlanBefore {
  readonly status: PlanStatus;
  readonly origin: { readonly agent: string | null; readonly requestedBy: string };
  readonly alsoAskedBy: readonly string[];
}

/** Who asks for a plan once a revision with this origin is stored: whoever asked for an earlier one of the draft asks still. */
export function askersOfNext(
  before: PlanBefore | null,
  { agent, requestedBy }: Pick<PlanBefore["origin"], "agent" | "requestedBy">,
): Askers {
  if (before?.status !== "draft" || before.origin.agent !== agent) return { requestedBy };
  return withAsker({ requestedBy: before.origin.requestedBy, alsoAskedBy: before.alsoAskedBy }, requestedBy);
}
