import type { PlanState, WithdrawInput } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { findPlan, type PlanPlace, planState, readPlan } from "./find-plan.ts";
import type { ActivityHost } from "../host.ts";
import { stopRecord } from "./stop-record.ts";
import { decisionNews, listeners, statusNews, tellRuns } from "./tell-runs.ts";

/**
 * Closes a plan of which nothing was applied yet. No person's decision is judged: who may stop a workflow may stop this. A withdrawal
 * that names its content leaves any other alone; one that names none withdraws what there is, and the record says what that was.
 */
export async function withdrawPlan(host: ActivityHost, input: WithdrawInput): Promise<PlanState> {
  const place = await findPlan(host, input.ref);
  for (;;) {
    const plan = await readPlan(place);
    if (input.contentHash !== null && input.contentHash !== plan.planHash) return planState(plan);
    const withdrawn = await withdraw(place, plan, input);
    if (withdrawn.planHash === plan.planHash || withdrawn.status !== "draft") return planState(withdrawn);
  }
}

async function withdraw(place: PlanPlace, before: PlanRecord, input: WithdrawInput): Promise<PlanRecord> {
  const { planHash, fence } = before;
  const decision = stopRecord(before, { stop: input, name: String(input.sequence), counts: true });
  const { kind, plan } = await place.store.plans.change({
    key: decision.decisionId,
    planId: place.planId,
    from: ["draft", "approved"],
    planHash,
    status: "rejected",
    gate: null,
    fence: fence + 1,
    decision,
  });
  if (kind === "conflict") return plan;
  const told = listeners(plan, input.waiters);
  await tellRuns(place, told, decisionNews(place, decision));
  await tellRuns(place, told, statusNews(place, plan));
  return plan;
}
