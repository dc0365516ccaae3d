import { CancellationScope, log, proxyActivities, workflowInfo } from "@temporalio/workflow";
import type { PlanActivities } from "../protocol/plan-flow.ts";
import { failureInfo } from "./end-turn.ts";
import { describePlan, type OpenPlan } from "./open-plan.ts";
import { settleWaiters } from "./plan-waiters.ts";
import { DECISION_POLICY, DISPATCH_POLICY } from "./policies.ts";

const { beginPlan, closePlan } = proxyActivities<PlanActivities>(DECISION_POLICY);
const { dispatchAction } = proxyActivities<PlanActivities>(DISPATCH_POLICY);

/** What the plan's workflow does while its actions are applied. */
export interface ExecutionHooks {
  /** Before every action. */
  between(): Promise<void>;
  /** Goes on with this action in a fresh history. */
  continueAt(next: number): Promise<never>;
}

/** Applies the plan action by action. What was applied is in the ledger; this only says which action is next. */
export async function executePlan(open: OpenPlan, from: number, hooks: ExecutionHooks): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const count = await begin(open);
    for (let index = from; index < count && open.state.status === "executing"; index++) {
      await hooks.between();
      if (isStopped(open) || !(await applied(open, index))) break;
      if (workflowInfo().continueAsNewSuggested && index + 1 < count && !isStopped(open))
        await hooks.continueAt(index + 1);
    }
    if (open.state.status === "executing") await close(open);
    await settleWaiters(open);
  });
}

/** A plan that cannot begin stays as it is, and is not tried again by itself. */
async function begin(open: OpenPlan): Promise<number> {
  try {
    const { state, actions } = await beginPlan({ ref: open.ref, waiters: open.waiters });
    open.state = state;
    return actions;
  } catch (error) {
    log.warn("A plan could not be begun.", { reason: failureInfo(error).message });
    return 0;
  }
}

function isStopped({ inbox }: OpenPlan): boolean {
  return inbox.hasCancel;
}

/** An activity that fails for good leaves the action's intent in the ledger, where closing reads it as unknown. */
async function applied(open: OpenPlan, index: number): Promise<boolean> {
  describePlan(open, `applying action ${index + 1}`);
  const runId = open.waiters[0]?.runId ?? null;
  const input = { ref: open.ref, index, fence: open.state.fence, runId };
  try {
    const { state } = await dispatchAction.executeWithOptions({ ...DISPATCH_POLICY, summary: `action ${index}` }, [
      input,
    ]);
    return state === "done";
  } catch (error) {
    log.warn("An action ended without an outcome.", { index, reason: failureInfo(error).message });
    return false;
  }
}

async function close(open: OpenPlan): Promise<void> {
  const { ref, waiters, inbox } = open;
  open.state = await closePlan({ ref, waiters, isCancelled: inbox.hasCancel });
}
