import { isFinalStatus } from "../../engine/stands-still.ts";
import { type ActionState, PlanId } from "../../protocol/plan.ts";
import { undoId } from "../../protocol/undo-id.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { ScopedStore } from "../../state/port.ts";

/** The undos of a plan, oldest first. Each is a plan of its own; a next one is made only when the one before has ended. */
export async function undosOf({ plans }: Pick<ScopedStore, "plans">, planId: PlanId): Promise<readonly PlanRecord[]> {
  const found: PlanRecord[] = [];
  for (;;) {
    const id = PlanId.safeParse(undoId(planId, found.length + 1));
    const undo = id.success ? await plans.get(id.data) : null;
    if (undo === null) return found;
    found.push(undo);
  }
}

/** The actions that a plan's ended undos took back, or may have taken back: no other undo may do it again. */
export async function undoneBy(
  { plans }: Pick<ScopedStore, "plans">,
  undos: readonly PlanRecord[],
): Promise<ReadonlySet<number>> {
  const undone = new Set<number>();
  for (const { planId } of undos.filter(({ status }) => isFinalStatus(status))) {
    const [current, ledger] = await Promise.all([plans.current(planId), plans.actions(planId)]);
    for (const { index, state } of ledger) {
      const of = current?.body.undoes?.indexes[index];
      if (of !== undefined && UNDONE.includes(state)) undone.add(of);
    }
  }
  return undone;
}

const UNDONE: readonly ActionState[] = ["done", "unknown", "intent"];
