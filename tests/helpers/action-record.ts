import type { ActionRecord, ActionState } from "../../src/protocol/plan.ts";

/** A line of a ledger; one that is done affected two entities. */
export function actionRecord(index: number, state: ActionState, more: Partial<ActionRecord> = {}): ActionRecord {
  return {
    index,
    kind: "reorder",
    state,
    idempotencyKey: `k.${index}`,
    attempts: 1,
    entitiesAffected: state === "done" ? 2 : null,
    summary: null,
    details: null,
    error: null,
    at: null,
    calledAt: null,
    settlement: null,
    ...more,
  };
}
