import { settleAction } from "../engine/action-ledger.ts";
import { isFinalStatus } from "../engine/stands-still.ts";
import { capText } from "../lib/cap-text.ts";
import { InputError } from "../protocol/errors.ts";
import { DECISION_NOTE_BYTES } from "../protocol/limits.ts";
import type { ActionRecord, ActionSettlement } from "../protocol/plan.ts";
import { findPlan } from "./find-plan.ts";
import type { ScopePlace } from "./run-place.ts";

/** What a person found out from the target about an action whose outcome was unknown. */
export interface ActionFinding {
  readonly as: ActionSettlement["as"];
  /** Who looked. */
  readonly by: string;
  readonly note?: string;
  /** Through what it was said; `host` unless said. */
  readonly channel?: string;
}

/**
 * Records what became of an action in doubt. The ledger takes it over with who, when and why; the plan itself stays failed, because
 * what is final never reopens, and nothing is called. Of two people who settle it, the first one counts.
 */
export async function settlePlanAction(
  place: Pick<ScopePlace, "app" | "store">,
  { planId: id, index, finding }: { readonly planId: string; readonly index: number; readonly finding: ActionFinding },
): Promise<ActionRecord> {
  const { store } = place;
  const plan = await findPlan(place, id);
  const line = (await store.plans.actions(plan.planId)).find((action) => action.index === index);
  if (line === undefined)
    throw new InputError("INPUT_INVALID", `Plan "${id}" has no action ${index} in its ledger.`, {
      hint: "`bridle plans show` lists the actions; the first one is 0.",
    });
  // A plan that still runs would go on behind an action it must stop at.
  if (!isFinalStatus(plan.status))
    throw notInDoubt(index, `The plan is ${plan.status}, and its end is not recorded yet.`);
  const { as, by, note, channel = "host" } = finding;
  const verdict = settleAction(line.state, as);
  if (typeof verdict !== "string") throw notInDoubt(index, verdict.refused);
  const settlement: ActionSettlement = {
    as,
    by: capText(by, DECISION_NOTE_BYTES),
    at: new Date().toISOString(),
    note: note === undefined ? null : capText(note, DECISION_NOTE_BYTES),
    channel,
  };
  const { moved, action } = await store.plans.moveAction(plan.planId, {
    index,
    from: ["unknown"],
    to: verdict,
    settlement,
  });
  if (!moved) throw notInDoubt(index, `The action is ${action.state} by now.`);
  return action;
}

function notInDoubt(index: number, reason: string): InputError {
  return new InputError("ACTION_NOT_IN_DOUBT", `Action ${index} cannot be settled. ${reason}`, {
    hint: "`bridle plans show --audit` tells what was done and who settled it.",
  });
}
