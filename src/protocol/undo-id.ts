import type { PlanId } from "./plan.ts";

/** The id of the n-th undo of a plan, as people type it; n counts from 1. */
export function undoId(planId: PlanId, n: number): string {
  return n === 1 ? `${planId}.undo` : `${planId}.undo-${n}`;
}

/** Whether an id is one that only undos have. Nobody else may store a plan under it, or people would take one for the other. */
export function isUndoId(planId: string): boolean {
  return /\.undo(-\d+)?$/.test(planId);
}
