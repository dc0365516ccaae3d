import type { PlanStatus } from "../protocol/plan.ts";

/** What can happen to a plan. */
export type PlanEvent =
  /** Its planner stores the next revision. */
  | "revision"
  /** The decision that its rule asks for, or the rule itself when it is `never`. */
  | "approve"
  /** A person turns it down, or withdraws it before anything was applied. */
  | "reject"
  /** It goes back to its planner with a note. */
  | "revise"
  | "expire"
  | "execute"
  | "executed"
  | "failed";

/** Why a plan stays as it is. */
export interface PlanRefusal {
  readonly refused: string;
}

/**
 * The status that follows an event, or why none does. Only an approved plan is executed and a final one never reopens. Who may cause
 * an event is decided elsewhere.
 */
export function planAfter(status: PlanStatus, event: PlanEvent): PlanStatus | PlanRefusal {
  return NEXT[status][event] ?? { refused: `The plan is ${status}: ${EXPECTED[status]}, received ${event}.` };
}

const NEXT: Readonly<Record<PlanStatus, Partial<Record<PlanEvent, PlanStatus>>>> = {
  draft: { revision: "draft", approve: "approved", reject: "rejected", revise: "draft", expire: "expired" },
  approved: { execute: "executing", reject: "rejected", failed: "failed" },
  executing: { executed: "executed", failed: "failed" },
  executed: {},
  failed: {},
  rejected: {},
  expired: {},
};

const FINAL = "expected nothing more, because this is final";

const EXPECTED: Readonly<Record<PlanStatus, string>> = {
  draft: "expected a decision or another revision",
  approved: "expected execute or reject",
  executing: "expected its end",
  executed: FINAL,
  failed: FINAL,
  rejected: FINAL,
  expired: FINAL,
};
