import type { PlanActivities } from "../protocol/plan-flow.ts";
import { findPlan, readPlan } from "./find-plan.ts";
import type { ActivityHost } from "./host.ts";
import { gateNews, statusNews, tellRuns } from "./tell-runs.ts";

/** Tells a run that it waits for a person; the run that stored the plan has heard of it already. */
export async function announceGate(
  host: ActivityHost,
  { ref, waiter }: Parameters<PlanActivities["announceGate"]>[0],
): Promise<void> {
  const place = await findPlan(host, ref);
  const plan = await readPlan(place);
  if (plan.gate === null) return;
  await tellRuns(place, [waiter], gateNews(place, plan.gate, plan));
  await tellRuns(place, [waiter], statusNews(place, plan));
}
