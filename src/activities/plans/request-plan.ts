import { standsStill } from "../../engine/stands-still.ts";
import { BridleError, InputError } from "../../protocol/errors.ts";
import type { PlanRequested, RequestPlanInput } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { findPlan, type PlanPlace, readPlan } from "./find-plan.ts";
import type { ActivityHost } from "../host.ts";
import { failureText } from "../to-failure.ts";
import { wakePlan } from "./wake-plan.ts";

/**
 * Asks a plan's workflow to have the plan executed in the name of a turn, and starts that workflow where it was lost. A plan that
 * stands still is not asked: what it came to is in the store.
 */
export async function requestPlan(host: ActivityHost, input: RequestPlanInput): Promise<PlanRequested> {
  const place = await findPlan(host, input.ref);
  try {
    const plan = await readPlan(place);
    requireKind(place, plan, input.agent);
    const decisions = await place.store.plans.decisions(place.planId);
    if (standsStill({ ...plan, decisions })) return { kind: "settled" };
    await wakePlan(place, plan, { name: "execute", payload: input.request });
    return { kind: "waits" };
  } catch (error) {
    if (error instanceof BridleError && !error.retryable) return { kind: "refused", error: failureText(error) };
    throw error;
  }
}

/** An executor executes plans of its own kind only, whatever else the workspace holds. */
function requireKind({ binding }: PlanPlace, { planId, spec }: PlanRecord, agent: string): void {
  const executor = binding.spec.agents.find(({ name }) => name === agent);
  if (executor?.role === "executor" && executor.plan === spec) return;
  const kind = executor?.role === "executor" ? `plans of the kind "${executor.plan}"` : "no plans";
  throw new InputError(
    "PLAN_KIND_MISMATCH",
    `Plan "${planId}" is of the kind "${spec}"; agent "${agent}" executes ${kind}. Nothing was applied.`,
  );
}
