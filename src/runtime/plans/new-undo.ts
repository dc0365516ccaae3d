import { InputError } from "../../protocol/errors.ts";
import { PlanId, type PlanBody } from "../../protocol/plan.ts";
import { isUndoId, undoId } from "../../protocol/undo-id.ts";
import { planWorkflowId } from "../../protocol/workflow-id.ts";
import { hashPlanBody } from "../../specs/plans/hash-plan-body.ts";
import type { NewRevision, PlanRecord, PlanRevision } from "../../state/plan-port.ts";
import type { PlanHostPlace } from "../place.ts";
import { undoneBy } from "./undos-of.ts";

/** What is to be taken back of a plan, and by whom. */
export interface UndoWish {
  readonly plan: PlanRecord;
  /** The undos that the plan has already, oldest first. */
  readonly undos: readonly PlanRecord[];
  readonly by: string;
  /** Only these actions; all that can be when it is left out. */
  readonly only: readonly number[] | undefined;
}

/**
 * Makes the plan that takes applied actions back, the last one first. It is a plan like any other, with a gate, a ledger and an end of
 * its own: taking back needs a decision, survives a crash, and happens at most once.
 */
export async function newUndo(place: PlanHostPlace, wish: UndoWish): Promise<NewRevision> {
  const { plan, undos, by } = wish;
  const current = await place.store.plans.current(plan.planId);
  if (plan.status !== "failed" || isUndoId(plan.planId) || current === null) throw nothing(plan, notFailed(plan));
  const indexes = await indexesOf(place, wish);
  const body = undoBody(plan, current, indexes);
  const spec = { name: plan.spec, hash: current.specHash };
  const held = body.actions.flatMap(({ references }) => references);
  const hashed = await hashPlanBody(place.store.references, { spec, body, held });
  if (!hashed.ok) throw nothing(plan, hashed.issues.map(({ message }) => message).join("; "));
  const planId = undoPlanId(plan, undos);
  const { app, agent } = plan.origin;
  return {
    planId,
    spec: plan.spec,
    specHash: current.specHash,
    body,
    document: { takesBack: plan.planId, actions: body.actions.map(({ kind, payload }) => ({ kind, payload })) },
    planHash: hashed.hash,
    origin: { app, runId: null, turn: null, agent, requestedBy: by },
    workflowId: planWorkflowId(place.scope, planId),
    editedBy: null,
  };
}

async function indexesOf({ store }: PlanHostPlace, { plan, undos, only }: UndoWish): Promise<readonly number[]> {
  const undone = await undoneBy(store, undos);
  const applied = (await store.plans.actions(plan.planId)).filter(({ state }) => state === "done");
  const open = applied.map(({ index }) => index).filter((index) => !undone.has(index));
  const wrong = only?.find((index) => !open.includes(index));
  if (wrong !== undefined)
    throw nothing(
      plan,
      `action ${wrong} is not one that was applied and not taken back (${open.join(", ") || "none"})`,
    );
  const wanted = open.filter((index) => only === undefined || only.includes(index));
  if (wanted.length > 0) return wanted.sort((a, b) => b - a);
  throw nothing(plan, "no action of it was applied and not taken back");
}

function undoBody(
  { planId, planHash, spec }: PlanRecord,
  { body }: PlanRevision,
  indexes: readonly number[],
): PlanBody {
  const actions = indexes.map((index) => body.actions[index]).filter((action) => action !== undefined);
  return { spec, context: { takesBack: planId }, actions, undoes: { planId, planHash, indexes } };
}

/** The last undo while it is a draft, else the next one. */
function undoPlanId(plan: PlanRecord, undos: readonly PlanRecord[]): PlanId {
  const last = undos.at(-1);
  if (last?.status === "draft") return last.planId;
  const id = PlanId.safeParse(undoId(plan.planId, undos.length + 1));
  if (id.success) return id.data;
  throw nothing(plan, "its id is too long to be followed by that of an undo");
}

function notFailed({ planId, status }: PlanRecord): string {
  return isUndoId(planId) ? "it is an undo itself" : `it is ${status}, and only what failed part-way can be taken back`;
}

function nothing({ planId }: PlanRecord, why: string): InputError {
  return new InputError("NOTHING_TO_UNDO", `Nothing of plan "${planId}" was taken back: ${why}.`, {
    hint: "`bridle plans show --audit` tells what was applied; another plan can do the contrary of one that was executed.",
  });
}
