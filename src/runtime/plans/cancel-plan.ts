import { planOutcome } from "../../engine/action-ledger.ts";
import { isFinalStatus } from "../../engine/stands-still.ts";
import { capText } from "../../lib/cap-text.ts";
import { InputError } from "../../protocol/errors.ts";
import { DECISION_NOTE_BYTES } from "../../protocol/limits/gate.ts";
import { PLAN_CANCEL_WAIT_MS } from "../../protocol/limits/plan.ts";
import type { ActionRecord, DecisionRecord } from "../../protocol/plan.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { PlanHostPlace, StorePlace } from "../place.ts";
import { findPlan, otherApp } from "./find-plan.ts";
import { planLedger } from "./plan-ledger.ts";
import { signalPlan } from "./signal-plan.ts";
import { lookAgain } from "./wait-for-plan.ts";

/** Who wants a plan stopped, and how long to wait for its end. */
export interface CancelRequest {
  readonly by: string;
  readonly note?: string;
  /** Through what it was said; `host` unless said. */
  readonly channel?: string;
  /** Resolve with the plan as it is after this long; one minute unless said. */
  readonly waitMs?: number;
  /** Stops waiting; the plan is stopped all the same. */
  readonly signal?: AbortSignal;
}

/** What came of cancelling a plan, and how far the plan got. */
export interface PlanCancelled {
  /** `ended`: it came to its end by itself, before or just now. `asked`: it has not ended yet. */
  readonly kind: "cancelled" | "ended" | "asked";
  readonly plan: PlanRecord;
  readonly actions: readonly ActionRecord[];
  /** How many actions took effect for certain. */
  readonly applied: number;
  /** These may have taken effect or not; a person settles them. */
  readonly inDoubt: readonly number[];
  /** Whose cancel counted; null when none did. */
  readonly decision: DecisionRecord | null;
}

/**
 * Stops a plan: one that waits is closed, one that is being applied ends after the action under way. Stopping only ever applies less,
 * so it needs no signature. A plan that has ended stays as it is, and one that lost its workflow is closed by a new one.
 */
export async function cancelPlan(
  place: PlanHostPlace,
  { planId, request }: { readonly planId: string; readonly request: CancelRequest },
): Promise<PlanCancelled> {
  const { by, note, channel = "host", waitMs = PLAN_CANCEL_WAIT_MS, signal } = request;
  const found = await findPlan(place, planId);
  if (found.origin.app !== place.app.app) throw otherApp(place, found);
  if (by.trim() === "") throw new InputError("INPUT_INVALID", "`by` must name who cancels the plan, received no name.");
  if (isFinalStatus(found.status)) return stoppedPlan(place, found, { wasFinal: true });
  signal?.throwIfAborted();
  const until = Date.now() + waitMs;
  const told = { by: capText(by, DECISION_NOTE_BYTES), channel };
  const payload = note === undefined ? told : { ...told, note: capText(note, DECISION_NOTE_BYTES) };
  await signalPlan(place, found.planId, { name: "cancel", payload });
  let plan = await findPlan(place, planId);
  while (!isFinalStatus(plan.status) && Date.now() < until) plan = await lookAgain(place, plan, { until, signal });
  return stoppedPlan(place, plan, { wasFinal: false });
}

/** How far a plan got that somebody wants stopped; `wasFinal` when there was nothing to stop. */
export async function stoppedPlan(
  place: StorePlace,
  plan: PlanRecord,
  { wasFinal }: { readonly wasFinal: boolean },
): Promise<PlanCancelled> {
  const [actions, decisions] = await Promise.all([planLedger(place, plan), place.store.plans.decisions(plan.planId)]);
  const decision = decisions.findLast((one) => one.decision === "cancel" && one.refused === null) ?? null;
  const ended = decision === null || wasFinal ? "ended" : "cancelled";
  return {
    kind: isFinalStatus(plan.status) ? ended : "asked",
    plan,
    actions,
    applied: planOutcome(actions).applied.length,
    inDoubt: actions.filter(({ state }) => state === "unknown").map(({ index }) => index),
    decision,
  };
}
