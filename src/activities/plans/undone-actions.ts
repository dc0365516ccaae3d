import { missingHook } from "../../engine/missing-hook.ts";
import type { ErrorInfo } from "../../protocol/errors.ts";
import { InternalError } from "../../protocol/errors.ts";
import type { ActionRecord } from "../../protocol/plan.ts";
import type { AppliedAction } from "../../specs/dispatchers/dispatch-context.ts";
import { undoKey } from "../../specs/plans/plan-hash.ts";
import type { PlanRecord, PlanRevision } from "../../state/plan-port.ts";
import type { PlanPlace } from "./find-plan.ts";

/** What an undo takes back, as the ledger of the plan it was applied by has it. */
export interface UndoneActions {
  /** That plan; null when it is gone. */
  readonly plan: PlanRecord | null;
  /** Its lines in the order of the undo's actions; undefined for one that it does not have. */
  readonly lines: readonly (ActionRecord | undefined)[];
  /** By the place in the undo. */
  appliedAt(this: void, index: number): AppliedAction;
}

/** Looks up what a revision takes back; null for a plan that is no undo. */
export async function undoneActions(
  { store }: PlanPlace,
  revision: PlanRevision | null,
): Promise<UndoneActions | null> {
  const undoes = revision?.body.undoes;
  if (undoes === undefined) return null;
  const { planId, indexes } = undoes;
  const [plan, ledger] = await Promise.all([store.plans.get(planId), store.plans.actions(planId)]);
  const lines = indexes.map((index) => ledger.find((line) => line.index === index));
  return {
    plan,
    lines,
    appliedAt(index) {
      const line = lines[index];
      if (line === undefined) throw new InternalError(`plan ${planId} has no line for action ${index} of its undo`);
      const { idempotencyKey, entitiesAffected, summary, details } = line;
      return { planId, index: line.index, idempotencyKey, entitiesAffected, summary, details };
    },
  };
}

/** The first lines of an undo's ledger: the keys of what is taken back, with an end of their own. */
export function undoLines({
  lines,
}: UndoneActions): readonly { readonly index: number; readonly kind: string; readonly idempotencyKey: string }[] {
  return lines.flatMap((line, index) =>
    line === undefined ? [] : [{ index, kind: line.kind, idempotencyKey: undoKey(line.idempotencyKey) }],
  );
}

/** Why nothing may be taken back; null when it may. Every action must still be one that was applied. */
export function whyNoUndo({ binding }: PlanPlace, { body }: PlanRevision, undone: UndoneActions): ErrorInfo | null {
  const { undoes } = body;
  const { plan, lines } = undone;
  const isSame = plan?.status === "failed" && plan.planHash === undoes?.planHash;
  if (!isSame || lines.length !== body.actions.length || lines.some((line) => line?.state !== "done")) return CHANGED;
  const applied = lines.filter((line) => line !== undefined);
  return missingHook(applied, binding.dispatcher?.undoableKinds ?? []);
}

const CHANGED: ErrorInfo = {
  code: "PLAN_CHANGED",
  message: "What is to be taken back is not what was applied.",
  hint: "Look at the plan with `bridle plans show --audit`, and ask again.",
};
