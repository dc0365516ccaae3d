import { CancellationScope, condition, log, proxyActivities, workflowInfo } from "@temporalio/workflow";
import type { BegunPlan, PlanActivities } from "../protocol/plan-flow.ts";
import { failureInfo } from "./end-turn.ts";
import { describePlan, type OpenPlan } from "./open-plan.ts";
import { settleWaiters } from "./plan-waiters.ts";
import { DECISION_POLICY, DISPATCH_POLICY } from "./policies.ts";

const { beginPlan, closePlan } = proxyActivities<PlanActivities>(DECISION_POLICY);
const { dispatchAction, dispatchActions } = proxyActivities<PlanActivities>(DISPATCH_POLICY);

/** What the plan's workflow does while its actions are applied. */
export interface ExecutionHooks {
  /** Before every action. */
  between(): Promise<void>;
  /** Goes on with this action in a fresh history. */
  continueAt(next: number): Promise<never>;
}

/** Applies the plan action by action. What was applied is in the ledger; this only says which action is next. */
export async function executePlan(open: OpenPlan, from: number, hooks: ExecutionHooks): Promise<void> {
  const whole = CancellationScope.current();
  const isStopped = (): boolean => open.inbox.hasCancel || whole.consideredCancelled;
  await CancellationScope.nonCancellable(async () => {
    const { actions: count, isBatch } = await begin(open);
    if (isBatch && count > 0 && !isStopped()) await appliedTogether(open, isStopped);
    else
      for (let index = from; index < count && open.state.status === "executing"; index++) {
        await hooks.between();
        if (isStopped() || !(await applied(open, index, isStopped))) break;
        if (workflowInfo().continueAsNewSuggested && index + 1 < count && !isStopped())
          await hooks.continueAt(index + 1);
      }
    if (open.state.status === "executing") await close(open, isStopped());
    await settleWaiters(open);
  });
}

/** A plan that cannot begin stays as it is, and is not tried again by itself. */
async function begin(open: OpenPlan): Promise<Pick<BegunPlan, "actions" | "isBatch">> {
  try {
    const begun = await beginPlan({ ref: open.ref, waiters: open.waiters });
    open.state = begun.state;
    return begun;
  } catch (error) {
    log.warn("A plan could not be begun.", { reason: failureInfo(error).message });
    return { actions: 0, isBatch: false };
  }
}

/** An activity that fails for good leaves the action's intent in the ledger, where closing reads it. */
async function applied(open: OpenPlan, index: number, isStopped: () => boolean): Promise<boolean> {
  describePlan(open, `applying action ${index + 1}`);
  const runId = open.waiters[0]?.runId ?? null;
  const options = { ...DISPATCH_POLICY, summary: `action ${index}` };
  const input = { ref: open.ref, index, runId };
  try {
    const { state } = await untilStopped(isStopped, () => dispatchAction.executeWithOptions(options, [input]));
    return state === "done";
  } catch (error) {
    log.warn("An action ended without an outcome.", { index, reason: failureInfo(error).message });
    return false;
  }
}

/** All actions in one durable step; what became of each is in the ledger. */
async function appliedTogether(open: OpenPlan, isStopped: () => boolean): Promise<void> {
  describePlan(open, "applying all actions in one call");
  const input = { ref: open.ref, runId: open.waiters[0]?.runId ?? null };
  try {
    await untilStopped(isStopped, () => dispatchActions(input));
  } catch (error) {
    log.warn("A batch of actions ended without an outcome.", { reason: failureInfo(error).message });
  }
}

/** A cancel lets the call in flight come to its end, and keeps an action whose target is away from being tried again. */
async function untilStopped<Result>(isStopped: () => boolean, work: () => Promise<Result>): Promise<Result> {
  const working = new CancellationScope();
  const watching = new CancellationScope();
  const watch = watching.run(async () => {
    await condition(isStopped);
    working.cancel();
  });
  watch.catch(() => undefined); // the work was over first
  try {
    return await working.run(work);
  } finally {
    watching.cancel();
  }
}

async function close(open: OpenPlan, isCancelled: boolean): Promise<void> {
  const { ref, waiters } = open;
  open.state = await closePlan({ ref, waiters, isCancelled });
}
