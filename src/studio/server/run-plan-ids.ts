import { MAX_PAGE_SIZE } from "../../protocol/limits/store.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { Page } from "../../protocol/run.ts";
import type { PlanRecord } from "../../state/plan-port.ts";

/** Lists the plans that a run stored. */
export interface PlanLister {
  list(filter: { readonly runId: RunId; readonly limit: number }): Promise<Page<PlanRecord>>;
}

/** The latest plans that a run stored, in the order that it stored them. */
export async function runPlanIds(plans: PlanLister, runId: RunId): Promise<readonly string[]> {
  const { items } = await plans.list({ runId, limit: MAX_PAGE_SIZE });
  return items.map(({ planId }) => planId).reverse();
}
