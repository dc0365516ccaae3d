import type { ActionRecord } from "../protocol/plan.ts";

/** How an action stands that nobody has begun. */
export function pendingAction(line: Pick<ActionRecord, "index" | "kind" | "idempotencyKey">): ActionRecord {
  return {
    ...line,
    state: "pending",
    attempts: 0,
    entitiesAffected: null,
    summary: null,
    details: null,
    error: null,
    at: null,
    calledAt: null,
    settlement: null,
  };
}
