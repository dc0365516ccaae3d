import { closedState, planOutcome, type PlanOutcome } from "../../engine/action-ledger.ts";
import { BridleError, type ErrorInfo } from "../../protocol/errors.ts";
import type { ActionRecord } from "../../protocol/plan.ts";
import type { ClosePlanInput, PlanState } from "../../protocol/plan-flow.ts";
import type { PlanChange, PlanRecord } from "../../state/plan-port.ts";
import { findPlan, type PlanPlace, planState, readPlan } from "./find-plan.ts";
import type { ActivityHost } from "../host.ts";
import { stopRecord } from "./stop-record.ts";
import { decisionNews, listeners, statusNews, tellRuns } from "./tell-runs.ts";

/** Ends the execution of a plan by what its ledger says. A plan that is not executing stays as it is. */
export async function closePlan(host: ActivityHost, input: ClosePlanInput): Promise<PlanState> {
  const place = await findPlan(host, input.ref);
  const plan = await readPlan(place);
  const closed = plan.status === "executing" ? await close(place, plan, input) : plan;
  host.crashPoints.pass("plan.closed");
  await tellRuns(place, listeners(closed, input.waiters), statusNews(place, closed));
  return planState(closed);
}

async function close(
  place: PlanPlace,
  plan: PlanRecord,
  { isCancelled, stop, failure, waiters }: ClosePlanInput,
): Promise<PlanRecord> {
  const { plans } = place.store;
  const count = await actionCount(place);
  const ledger = await settledLedger(place);
  const outcome = planOutcome(ledger);
  const isWhole = ledger.length > 0 && ledger.length === (count ?? ledger.length);
  const isExecuted = outcome.status === "executed" && isWhole;
  const { entitiesAffected } = outcome;
  const error = isCancelled ? cancelled(outcome, count ?? ledger.length) : (failure ?? (isWhole ? null : NOT_BEGUN));
  const decision = stop === undefined ? null : stopRecord(plan, { stop, name: "close", counts: !isExecuted });
  const change: PlanChange = {
    key: `close:${plan.planHash}`,
    planId: place.planId,
    from: ["executing"],
    status: isExecuted ? "executed" : "failed",
    result: { entitiesAffected, summary: summaryOf(ledger) },
    ...(isExecuted || error === null ? {} : { error }),
    ...(isCancelled ? { fence: plan.fence + 1 } : {}),
    ...(decision === null ? {} : { decision }),
  };
  const closed = (await plans.change(change)).plan;
  if (decision?.refused === null) await tellRuns(place, listeners(closed, waiters), decisionNews(place, decision));
  return closed;
}

/** Null when nobody can read the plan any more: it is closed all the same, and its ledger was opened as a whole. */
async function actionCount({ store, planId }: PlanPlace): Promise<number | null> {
  try {
    return (await store.plans.current(planId))?.body.actions.length ?? null;
  } catch (error) {
    if (!(error instanceof BridleError) || error.retryable) throw error;
    return null;
  }
}

/** Looks until every line has an end: an attempt that was taken for dead may begin an action while its plan is closed. */
async function settledLedger({ store: { plans }, planId }: PlanPlace): Promise<readonly ActionRecord[]> {
  for (;;) {
    const ledger = await plans.actions(planId);
    const open = ledger.filter((line) => closedState(line) !== line.state);
    if (open.length === 0) return ledger;
    for (const line of open)
      await plans.moveAction(planId, { index: line.index, from: [line.state], to: closedState(line) });
  }
}

function summaryOf(ledger: readonly ActionRecord[]): string | null {
  const summaries = ledger.flatMap(({ summary }) => summary ?? []).slice(0, SHOWN_SUMMARIES);
  return summaries.length === 0 ? null : summaries.join("\n");
}

function cancelled({ applied }: PlanOutcome, count: number): ErrorInfo {
  return { code: "CANCELLED", message: `Cancelled after ${applied.length} of ${count} actions.` };
}

const SHOWN_SUMMARIES = 20;

const NOT_BEGUN: ErrorInfo = { code: "INTERNAL", message: "The plan's ledger does not cover all of its actions." };
