import type { DecisionRecord, PlanStatus } from "../protocol/plan.ts";

/** A plan as far as those who wait for it must know it. */
export interface WaitedPlan {
  readonly status: PlanStatus;
  readonly planHash: string;
  readonly gate: object | null;
  readonly decisions: readonly DecisionRecord[];
}

/** Whether there is nothing to wait for: the plan has ended, or this content was sent back to its author. */
export function standsStill({ status, planHash, gate, decisions }: WaitedPlan): boolean {
  if (status !== "draft") return isFinalStatus(status);
  if (gate !== null) return false;
  return decisions.some(
    ({ decision, refused, contentHash }) => decision === "revise" && refused === null && contentHash === planHash,
  );
}

/** Whether a plan in this status never changes again. */
export function isFinalStatus(status: PlanStatus): boolean {
  return status === "executed" || status === "failed" || status === "rejected" || status === "expired";
}
