import { Scope } from "../../protocol/ids.ts";
import { PlanId } from "../../protocol/plan.ts";
import type { PlanRef, PlanState } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { ScopedStore } from "../../state/port.ts";
import type { ActivityHost, AppBinding } from "../host.ts";
import { otherApp } from "./other-app.ts";
import { unknownPlan } from "./unknown-plan.ts";

/** A plan as an activity works on it. */
export interface PlanPlace {
  readonly host: ActivityHost;
  readonly binding: AppBinding;
  readonly store: ScopedStore;
  readonly planId: PlanId;
}

/** Finds app and store of a plan. */
export async function findPlan(host: ActivityHost, ref: PlanRef): Promise<PlanPlace> {
  const binding = await host.bind(ref);
  const scope = Scope.parse({ tenant: binding.tenant, workspace: binding.workspace });
  return { host, binding, store: host.store.in(scope), planId: PlanId.parse(ref.planId) };
}

/** The plan as it stands; fails with PLAN_UNKNOWN, and with PLAN_CONFLICT when it belongs to another app. */
export async function readPlan({ binding, store, planId }: PlanPlace): Promise<PlanRecord> {
  const plan = await store.plans.get(planId);
  if (plan === null) throw unknownPlan(planId);
  if (plan.origin.app !== binding.app) throw otherApp(plan);
  return plan;
}

/** The part of a plan that its workflow knows. */
export function planState({ status, revision, planHash, gate, fence }: PlanRecord): PlanState {
  return { status, revision, planHash, gate, fence };
}
