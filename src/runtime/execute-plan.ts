import { setTimeout as sleep } from "node:timers/promises";
import type { PlanRecord } from "../state/plan-port.ts";
import { findPlan, isFinalPlan } from "./find-plan.ts";
import { newId } from "./new-id.ts";
import type { RunPlace } from "./run-place.ts";
import { signalPlan } from "./signal-plan.ts";

/** How long to wait for a plan. */
export interface ExecuteOptions {
  /** Stops waiting; the plan goes on. */
  readonly signal?: AbortSignal;
  /** Resolve with the plan as it is after this long; without it waiting for a person may take weeks. */
  readonly waitMs?: number;
}

/** How often the store is asked whether the plan stands still. */
const LOOK_INTERVAL_MS = 100;

/**
 * Has a plan applied once it is approved, and resolves with it when it stands still: ended, or sent back to its author. A plan that
 * has ended is never applied again.
 */
export async function executePlan(place: RunPlace, id: string, options: ExecuteOptions = {}): Promise<PlanRecord> {
  const { signal, waitMs = Number.POSITIVE_INFINITY } = options;
  const until = Date.now() + waitMs;
  let plan = await findPlan(place, id);
  if (isFinalPlan(plan.status)) return plan;
  signal?.throwIfAborted();
  await signalPlan(place, plan.planId, { name: "execute", payload: { requestId: newId("request") } });
  while (!(await standsStill(place, plan)) && Date.now() < until) {
    await sleep(Math.min(LOOK_INTERVAL_MS, until - Date.now()), undefined, signal === undefined ? {} : { signal });
    plan = await findPlan(place, id);
  }
  return plan;
}

async function standsStill({ store }: RunPlace, { planId, status, gate, planHash }: PlanRecord): Promise<boolean> {
  if (isFinalPlan(status)) return true;
  if (status !== "draft" || gate !== null) return false;
  const decisions = await store.plans.decisions(planId);
  return decisions.some(
    ({ decision, refused, contentHash }) => decision === "revise" && refused === null && contentHash === planHash,
  );
}
