import type { DecisionRecord } from "../../protocol/plan.ts";
import type { PlanWaiter } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { PlanPlace } from "../plans/find-plan.ts";
import { decisionNews, gateNews, listeners, statusNews, tellRuns } from "../plans/tell-runs.ts";
import { keepPreviews } from "./keep-previews.ts";

/** Tells the runs around a plan of a decision that counted and of what it made of the plan, once. */
export async function tellDecision(
  place: PlanPlace,
  decision: DecisionRecord,
  { plan, waiters }: { readonly plan: PlanRecord; readonly waiters: readonly PlanWaiter[] },
): Promise<void> {
  const told = listeners(plan, waiters);
  await tellRuns(place, told, decisionNews(place, decision));
  if (plan.gate !== null && plan.gate.id !== decision.gate) {
    // An edit that more people must approve is theirs to read.
    await keepPreviews(place, plan);
    await tellRuns(place, told, gateNews(place, plan.gate, plan));
  }
  await tellRuns(place, told, statusNews(place, plan));
}
