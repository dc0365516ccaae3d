import { executeAnswer } from "../../engine/execute-answer.ts";
import { errorInfo } from "../../protocol/errors.ts";
import type { ToolCallId } from "../../protocol/ids.ts";
import { PlanId, type PlanStatus } from "../../protocol/plan.ts";
import type { CallResult, ScopedStore } from "../../state/port.ts";
import { errorText } from "../error-text.ts";
import { unknownPlan } from "./unknown-plan.ts";

/** What an `executePlan` call is answered with: how its plan stands now, from the store. */
export async function planResult({ plans }: ScopedStore, callId: ToolCallId, id: string): Promise<CallResult> {
  const planId = PlanId.parse(id);
  const plan = await plans.get(planId);
  if (plan === null) return { callId, content: errorText(errorInfo(unknownPlan(id))), isError: true };
  const [actions, decisions] = await Promise.all([plans.actions(planId), plans.decisions(planId)]);
  const { status, revision, error } = plan;
  const decision = decisions.findLast(({ refused }) => refused === null) ?? null;
  const content = executeAnswer(status, { planId, revision, actions, decision, error });
  return { callId, content, isError: BAD_ENDS.includes(status) };
}

const BAD_ENDS: readonly PlanStatus[] = ["failed", "rejected", "expired"];
