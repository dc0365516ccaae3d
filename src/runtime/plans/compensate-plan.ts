import { askersOfNext } from "../../engine/askers-of-next.ts";
import { whyForbidden } from "../../engine/may-decide.ts";
import { missingHook } from "../../engine/missing-hook.ts";
import { otherAgentsPlan, tooManyAskers } from "../../engine/refused-plan.ts";
import { type AskingGate, stillToCome, type StillToCome } from "../../engine/still-to-come.ts";
import { UNMEETABLE_HINT, whyUnmeetable } from "../../engine/why-unmeetable.ts";
import { isFinalStatus } from "../../engine/stands-still.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { InputError } from "../../protocol/errors.ts";
import type { Askers } from "../../protocol/requester.ts";
import type { HostedApp } from "../../specs/hosted-app.ts";
import type { NewRevision, PlanRecord } from "../../state/plan-port.ts";
import type { Approver } from "../approvals/approver.ts";
import { type ApprovalResult, respondToApproval } from "../approvals/respond-to-approval.ts";
import type { PlanHostPlace } from "../place.ts";
import { executePlan } from "./execute-plan.ts";
import { findPlan, otherApp } from "./find-plan.ts";
import { newUndo } from "./new-undo.ts";
import { signalPlan } from "./signal-plan.ts";
import { undosOf } from "./undos-of.ts";

/** How a person asks that what a failed plan applied is taken back. */
export interface UndoRequest {
  /** Who asks, and approves as far as one person can. */
  readonly by: string;
  readonly note?: string;
  /** Only these actions of the plan, by their place; all that were applied when it is left out. */
  readonly actions?: readonly number[];
  /** Through what it was said; `host` unless said. */
  readonly channel?: string;
  /** Resolve with the undo as it is after this long; without it when it has ended or waits for other people. */
  readonly waitMs?: number;
  /** Stops waiting; the undo goes on. */
  readonly signal?: AbortSignal;
}

/** Where an undo is asked for; a process that hosts the app knows what its dispatcher can take back. */
export interface UndoPlace extends PlanHostPlace {
  readonly app: Pick<HostedApp, "app" | "actionDispatcher">;
}

/** What came of asking. */
export interface Undone {
  /** The plan that takes the actions back, with a ledger of its own. */
  readonly undo: PlanRecord;
  /** What the asker's approval of it did; null when it was approved before, and when whoever asks may not decide: then none was given. */
  readonly answer: ApprovalResult | null;
  /** Whom it waits for; null when it waits for nobody. */
  readonly waitsFor: StillToCome | null;
}

/**
 * Makes the undo of a failed plan, or finds the one that is under way; approves it in the name of the person who asks, where they may
 * decide; and has it applied. An undo needs the same approvals as its plan: where that takes several people, or other ones, it waits for them.
 */
export async function compensatePlan(
  place: UndoPlace,
  {
    planId,
    request,
    approver,
  }: { readonly planId: string; readonly request: UndoRequest; readonly approver: Approver },
): Promise<Undone> {
  const plan = await findPlan(place, planId);
  if (plan.origin.app !== place.app.app) throw otherApp(place, plan);
  const undo = await openUndo(place, plan, request);
  const mayAnswer = undo.status === "draft" && whyForbidden(undoGate(plan, undo), request.by) === null;
  const answer = mayAnswer ? await approve(place, undo, { request, approver }) : null;
  const { waitMs, signal } = request;
  const isUnderWay = answer === null ? undo.status !== "draft" : answer.kind === "counted" && !answer.waitsForMore;
  const options = withoutUndefined({ waitMs: isUnderWay ? waitMs : 0, signal });
  const now = await executePlan(place, undo.planId, options);
  const decisions = now.status === "draft" ? await place.store.plans.decisions(now.planId) : [];
  const waitsFor = now.status === "draft" ? stillToCome(undoGate(plan, now), decisions) : null;
  return { undo: now, answer, waitsFor };
}

/** The gate of an undo; before its worker has opened it, what it will ask as far as the gate of the plan tells. */
function undoGate({ approvedGate }: PlanRecord, { gate, origin, alsoAskedBy }: PlanRecord): AskingGate {
  if (gate !== null) return gate;
  const rule =
    approvedGate === null || approvedGate.rule.kind === "never" ? ({ kind: "always" } as const) : approvedGate.rule;
  return { rule, requestedBy: origin.requestedBy, alsoAskedBy };
}

async function openUndo(place: UndoPlace, plan: PlanRecord, { by, actions }: UndoRequest): Promise<PlanRecord> {
  const undos = await undosOf(place.store, plan.planId);
  const last = undos.at(-1);
  if (last !== undefined && last.status !== "draft" && !isFinalStatus(last.status)) return last;
  const revision = await newUndo(place, { plan, undos, by, only: actions });
  refuseWithoutHooks(place, revision);
  const isThere = last?.status === "draft" && last.planHash === revision.planHash;
  if (!isThere) refuseUnmeetable(plan, askersOfNext(last ?? null, revision.origin));
  const { kind, plan: undo } = await place.store.plans.storeRevision(revision);
  if (kind === "other-agent") throw otherAgentsPlan(undo, revision.origin.agent);
  if (kind === "too-many-askers") throw tooManyAskers(undo);
  await signalPlan(place, undo.planId, { name: "revision", payload: { planHash: undo.planHash } });
  return undo;
}

/** Where this process knows the dispatcher nobody is asked to approve what cannot be done; elsewhere the worker finds out. */
function refuseWithoutHooks({ app: { actionDispatcher } }: UndoPlace, { body }: NewRevision): void {
  if (actionDispatcher === undefined || !("undoableKinds" in actionDispatcher)) return;
  const indexes = body.undoes?.indexes ?? [];
  const applied = body.actions.map(({ kind }, place) => ({ kind, index: indexes[place] ?? place }));
  const missing = missingHook(applied, actionDispatcher.undoableKinds);
  if (missing !== null) throw new InputError(missing.code, missing.message, withoutUndefined({ hint: missing.hint }));
}

/** The rule that the plan itself was approved under is known without its app. */
function refuseUnmeetable({ planId, approvedGate }: PlanRecord, askers: Askers): void {
  const never = approvedGate === null ? null : whyUnmeetable({ rule: approvedGate.rule, ...askers });
  if (never === null) return;
  const message = `Nothing of plan "${planId}" was taken back, because nobody could ever have that approved: ${never}.`;
  throw new InputError("APPROVAL_IMPOSSIBLE", message, { hint: UNMEETABLE_HINT });
}

async function approve(
  { store, session }: PlanHostPlace,
  { planId, planHash }: PlanRecord,
  { request, approver }: { readonly request: UndoRequest; readonly approver: Approver },
): Promise<ApprovalResult> {
  const { by, note, channel = "host" } = request;
  const response = { decision: "approve", by, contentHash: planHash, channel, ...withoutUndefined({ note }) } as const;
  return respondToApproval(store, async () => session, { id: planId, response, approver });
}
