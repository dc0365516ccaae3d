import { Context, log } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { PlanActivities, PlanRef } from "../protocol/plan-flow.ts";
import type { TurnActivities, TurnRef } from "../protocol/turn.ts";
import { answerPlanGate } from "./gates/answer-plan-gate.ts";
import { answerToolGate } from "./gates/answer-tool-gate.ts";
import { whileBeating } from "./beat.ts";
import { beginPlan } from "./plans/begin-plan.ts";
import { callModel } from "./turns/call-model.ts";
import { closePlan } from "./plans/close-plan.ts";
import type { CrashPoint } from "./crash-points.ts";
import { dispatchAction } from "./dispatch/dispatch-action.ts";
import { dispatchActions } from "./dispatch/dispatch-actions.ts";
import { endTurn } from "./turns/end-turn.ts";
import type { ActivityHost, ModelRetry } from "./host.ts";
import { openPlanGate } from "./gates/open-plan-gate.ts";
import { openToolGate } from "./gates/open-tool-gate.ts";
import { requestPlan } from "./plans/request-plan.ts";
import { runTool } from "./tools/run-tool.ts";
import { toFailure } from "./to-failure.ts";
import { withdrawPlan } from "./plans/withdraw-plan.ts";

/** The activities of a worker, each with its crash points around it and its errors made safe for history. */
export function createActivities(host: ActivityHost): TurnActivities & PlanActivities {
  const guarded = <Input extends { readonly ref: { readonly app: string } }, Output>(
    name: "callModel" | "runTool" | "endTurn",
    activity: (host: ActivityHost, input: Input) => Promise<Output>,
  ): ((input: Input) => Promise<Output>) => {
    const before: CrashPoint = `${name}.before`;
    const after: CrashPoint = `${name}.after`;
    return async (input) => {
      host.crashPoints.pass(before);
      try {
        const output = await whileBeating(() => activity(host, input));
        host.crashPoints.pass(after);
        return output;
      } catch (error) {
        const { attempt } = Context.current().info;
        throw toFailure(error, { attempt, ...(await modelRetry(host, input)) });
      }
    };
  };
  const planned =
    <Input extends { readonly ref: PlanRef | TurnRef }, Output>(
      activity: (host: ActivityHost, input: Input) => Promise<Output>,
    ) =>
    async (input: Input): Promise<Output> => {
      try {
        return await whileBeating(() => activity(host, input));
      } catch (error) {
        const failure = toFailure(error, { attempt: Context.current().info.attempt });
        logLoss(input.ref, failure);
        throw failure;
      }
    };
  return {
    callModel: guarded("callModel", callModel),
    runTool: guarded("runTool", runTool),
    validatePlan: guarded("runTool", runTool),
    endTurn: guarded("endTurn", endTurn),
    openToolGate: planned(openToolGate),
    answerToolGate: planned(answerToolGate),
    openPlanGate: planned(openPlanGate),
    answerPlanGate: planned(answerPlanGate),
    withdrawPlan: planned(withdrawPlan),
    beginPlan: planned(beginPlan),
    dispatchAction: planned(dispatchAction),
    dispatchActions: planned(dispatchActions),
    closePlan: planned(closePlan),
    requestPlan: planned(requestPlan),
  };
}

/** What a plan's workflow gives up on has no other place where people look: its own log is none of theirs. */
function logLoss(ref: PlanRef | TurnRef, failure: Error): void {
  if (!("planId" in ref) || !(failure instanceof ApplicationFailure) || failure.nonRetryable !== true) return;
  log.warn(`plan ${ref.planId}, ${Context.current().info.activityType}: ${failure.type ?? ""} ${failure.message}`);
}

/** The app's own pace of retries, when the app is known here. */
async function modelRetry(
  host: ActivityHost,
  { ref }: { readonly ref: { readonly app: string } },
): Promise<{ modelRetry?: ModelRetry }> {
  try {
    return { modelRetry: (await host.bind(ref)).modelRetry };
  } catch {
    return {}; // the error being reported says that the app is missing
  }
}
