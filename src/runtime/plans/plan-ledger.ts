import { pendingAction } from "../../engine/pending-action.ts";
import type { Scope } from "../../protocol/ids.ts";
import type { ActionRecord, PlanAction } from "../../protocol/plan.ts";
import { actionHash, actionKey, undoKey } from "../../specs/plans/plan-hash.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { StorePlace } from "../place.ts";

/** Where every action of a plan stands. Before a plan is begun they are all pending, with the keys that they will have. */
export async function planLedger({ scope, store }: StorePlace, plan: PlanRecord): Promise<readonly ActionRecord[]> {
  const lines = await store.plans.actions(plan.planId);
  if (lines.length > 0) return lines;
  const current = await store.plans.current(plan.planId);
  const undoes = current?.body.undoes;
  const undone = undoes === undefined ? [] : await store.plans.actions(undoes.planId);
  const keyAt = (action: PlanAction, index: number): string => {
    const taken = undone.find((line) => line.index === undoes?.indexes[index]);
    return taken === undefined
      ? keyOf(scope, plan, { index, actionHash: actionHash(action) })
      : undoKey(taken.idempotencyKey);
  };
  return (current?.body.actions ?? []).map((action, index) =>
    pendingAction({ index, kind: action.kind, idempotencyKey: keyAt(action, index) }),
  );
}

function keyOf(
  scope: Scope,
  { planId, planHash }: PlanRecord,
  place: { readonly index: number; readonly actionHash: string },
): string {
  return actionKey({ ...scope, planId, planHash, ...place });
}
