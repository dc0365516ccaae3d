import { Context } from "@temporalio/activity";
import type { DecisionRecord } from "../protocol/plan.ts";
import type { PlanState, WithdrawInput } from "../protocol/plan-flow.ts";
import { findPlan, planState, readPlan } from "./find-plan.ts";
import type { ActivityHost } from "./host.ts";
import { decisionNews, listeners, statusNews, tellRuns } from "./tell-runs.ts";

/** Closes a plan of which nothing was applied yet. No person's decision is judged: who may stop a workflow may stop this. */
export async function withdrawPlan(host: ActivityHost, input: WithdrawInput): Promise<PlanState> {
  const place = await findPlan(host, input.ref);
  const { gate, planHash, revision, fence } = await readPlan(place);
  const execution = Context.current().info.workflowExecution?.runId ?? "";
  const decision: DecisionRecord = {
    decisionId: `cancel_${execution}_${input.sequence}`,
    gate: gate?.id ?? "",
    contentHash: planHash,
    decision: "reject",
    by: input.by,
    at: input.at,
    authn: "none",
    channel: "cancel",
    note: input.note,
    revision,
    refused: null,
  };
  const { kind, plan } = await place.store.plans.change({
    key: decision.decisionId,
    planId: place.planId,
    from: ["draft", "approved"],
    status: "rejected",
    gate: null,
    fence: fence + 1,
    decision,
  });
  if (kind === "conflict") return planState(plan);
  const told = listeners(plan, input.waiters);
  await tellRuns(place, told, decisionNews(place, decision));
  await tellRuns(place, told, statusNews(place, plan));
  return planState(plan);
}
