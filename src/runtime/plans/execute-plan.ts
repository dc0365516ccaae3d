import { isFinalStatus } from "../../engine/stands-still.ts";
import { PLAN_FIRST_LOOK_MS, PLAN_LOOK_MS } from "../../protocol/limits/plan.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { newId } from "../new-id.ts";
import type { PlanHostPlace } from "../place.ts";
import { findPlan, otherApp } from "./find-plan.ts";
import { signalPlan } from "./signal-plan.ts";
import { isStill, lookAgain } from "./wait-for-plan.ts";

/** How long to wait for a plan. */
export interface ExecuteOptions {
  /** Stops waiting; the plan goes on. */
  readonly signal?: AbortSignal;
  /** Resolve with the plan as it is after this long; without it waiting for a person may take weeks. */
  readonly waitMs?: number;
}

/**
 * Has a plan applied once it is approved, and resolves with it when it stands still: ended, or sent back to its author. A plan that
 * has ended is never applied again. While it waits, a plan that lost its workflow is asked again.
 */
export async function executePlan(place: PlanHostPlace, id: string, options: ExecuteOptions = {}): Promise<PlanRecord> {
  const { signal, waitMs = Number.POSITIVE_INFINITY } = options;
  const until = Date.now() + waitMs;
  let plan = await findPlan(place, id);
  if (plan.origin.app !== place.app.app) throw otherApp(place, plan);
  if (isFinalStatus(plan.status)) return plan;
  signal?.throwIfAborted();
  const request = { requestId: newId("request") };
  let pauseMs = PLAN_FIRST_LOOK_MS;
  let askAgain = Date.now() + pauseMs;
  await signalPlan(place, plan.planId, { name: "execute", payload: request });
  while (!(await isStill(place, plan)) && Date.now() < until) {
    plan = await lookAgain(place, plan, { until, signal });
    if (Date.now() < askAgain || (await isStill(place, plan))) continue;
    await signalPlan(place, plan.planId, { name: "execute", payload: request });
    pauseMs = Math.min(pauseMs * 2, PLAN_LOOK_MS);
    askAgain = Date.now() + pauseMs;
  }
  return plan;
}
