import { settleAction } from "../../engine/action-ledger.ts";
import { isFinalStatus } from "../../engine/stands-still.ts";
import { capText } from "../../lib/cap-text.ts";
import { InputError } from "../../protocol/errors.ts";
import { DECISION_NOTE_BYTES } from "../../protocol/limits/gate.ts";
import type { ActionRecord, ActionSettlement } from "../../protocol/plan.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { StorePlace } from "../place.ts";
import { findPlan } from "./find-plan.ts";

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
 * what is final never reopens, and nothing is called. When two people settle the same action, the first one counts.
 */
export async function settlePlanAction(
  place: StorePlace,
  { planId: id, index, finding }: { readonly planId: string; readonly index: number; readonly finding: ActionFinding },
): Promise<ActionRecord> {
  const { store } = place;
  const plan = await findPlan(place, id);
  const ledger = await store.plans.actions(plan.planId);
  if (ledger.length === 0) throw notBegun(plan);
  const line = ledger.find((action) => action.index === index);
  if (line === undefined)
    throw new InputError("INPUT_INVALID", `Plan "${id}" has no action ${index} in its ledger.`, {
      hint: `The first action is 0. ${tellDoubts(ledger)}`,
    });
  // A plan that still runs would go on behind an action it must stop at.
  if (!isFinalStatus(plan.status))
    throw notInDoubt(line, `The plan is ${plan.status}, and its end is not recorded yet.`, ledger);
  const { as, by, note, channel = "host" } = finding;
  const verdict = settleAction(line.state, as);
  if (typeof verdict !== "string") throw notInDoubt(line, verdict.refused, ledger);
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
  if (!moved) throw notInDoubt(action, `The action is ${action.state} by now.`, ledger);
  return action;
}

/** Nothing was called yet, or nothing ever will be. */
function notBegun({ planId, status }: PlanRecord): InputError {
  const message = `Plan "${planId}" has not begun: it is ${status}, and no action of it was called. There is nothing to settle.`;
  return new InputError("ACTION_NOT_IN_DOUBT", message, {
    hint: `\`bridle plans show ${planId}\` tells what it waits for.`,
  });
}

function notInDoubt({ index, kind }: ActionRecord, reason: string, ledger: readonly ActionRecord[]): InputError {
  return new InputError("ACTION_NOT_IN_DOUBT", `Action ${index} (${kind}) cannot be settled. ${reason}`, {
    hint: `${tellDoubts(ledger.filter((line) => line.index !== index))} \`bridle plans show --audit\` tells what was done and who settled it.`,
  });
}

/** Someone who named the wrong action reads which ones can be meant. */
function tellDoubts(ledger: readonly ActionRecord[]): string {
  const open = ledger.filter(({ state }) => state === "unknown").map(({ index, kind }) => `${index} (${kind})`);
  if (open.length === 0) return "No other action is in doubt.";
  const shown = open.slice(0, SHOWN_DOUBTS).join(", ");
  const more = open.length > SHOWN_DOUBTS ? `, … (${open.length} in all)` : "";
  return `In doubt: ${open.length === 1 ? "action" : "actions"} ${shown}${more}.`;
}

const SHOWN_DOUBTS = 20;
