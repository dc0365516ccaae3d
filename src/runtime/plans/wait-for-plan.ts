import { setTimeout as sleep } from "node:timers/promises";
import { isFinalStatus, standsStill } from "../../engine/stands-still.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { StorePlace } from "../place.ts";
import { findPlan } from "./find-plan.ts";

/** How often the store is asked whether a plan stands still. */
const LOOK_INTERVAL_MS = 100;

/** Resolves with a plan once it stands still, and at the latest after `waitMs`. It only reads the store; no workflow is asked. */
export async function waitForPlan(
  place: StorePlace,
  planId: string,
  { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal },
): Promise<PlanRecord> {
  const until = Date.now() + waitMs;
  let plan = await findPlan(place, planId);
  while (!(await isStill(place, plan)) && Date.now() < until) plan = await lookAgain(place, plan, { until, signal });
  return plan;
}

/** Reads the plan again a moment later, but not later than `until`. */
export async function lookAgain(
  place: StorePlace,
  { planId }: PlanRecord,
  { until, signal }: { readonly until: number; readonly signal: AbortSignal | undefined },
): Promise<PlanRecord> {
  const pause = Math.max(0, Math.min(LOOK_INTERVAL_MS, until - Date.now()));
  await sleep(pause, undefined, signal === undefined ? {} : { signal });
  return findPlan(place, planId);
}

/** Whether there is nothing to wait for: the plan has ended, or was sent back to its author. */
export async function isStill({ store }: StorePlace, plan: PlanRecord): Promise<boolean> {
  if (plan.status !== "draft" || plan.gate !== null) return isFinalStatus(plan.status);
  return standsStill({ ...plan, decisions: await store.plans.decisions(plan.planId) });
}
