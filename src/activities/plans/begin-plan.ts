import { Context, log } from "@temporalio/activity";
import { CancelledFailure } from "@temporalio/common";
import { hydrate } from "../../dispatch/hydrate.ts";
import { approvalStands } from "../../engine/approval-stands.ts";
import { preview } from "../../lib/cap-text.ts";
import { type ErrorInfo, InternalError } from "../../protocol/errors.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import type { BegunPlan, PlanActivities, PlanWaiter } from "../../protocol/plan-flow.ts";
import type { ReferenceHandle } from "../../protocol/plan.ts";
import { hashPlanBody } from "../../specs/plans/hash-plan-body.ts";
import { actionHash, actionKey } from "../../specs/plans/plan-hash.ts";
import type { PlanRecord, PlanRevision } from "../../state/plan-port.ts";
import { callSignal, wasAskedToCancel } from "../call-signal.ts";
import { findPlan, type PlanPlace, planState, readPlan } from "./find-plan.ts";
import type { ActivityHost } from "../host.ts";
import { listeners, statusNews, tellRuns } from "./tell-runs.ts";
import { failureText, retryDelay } from "../to-failure.ts";
import { undoLines, undoneActions, whyNoUndo } from "./undone-actions.ts";

/**
 * Starts an approved plan: checks that what is stored is what was approved, reads every reference of every action, and opens the
 * ledger. Until then it stays approved, and what is wrong for good fails it before anything was applied. A plan whose workflow was lost
 * goes on where its ledger says.
 */
export async function beginPlan(
  host: ActivityHost,
  { ref, waiters }: Parameters<PlanActivities["beginPlan"]>[0],
): Promise<BegunPlan> {
  const place = await findPlan(host, ref);
  const { plans } = place.store;
  const before = await readPlan(place);
  if (before.status !== "approved" && before.status !== "executing") return notBegun(before);
  const ledger = await plans.actions(place.planId);
  const isOpen = ledger.length > 0;
  const trouble = isOpen ? null : await lookedOver(place, before);
  if (trouble !== null) return failed(place, before, { error: trouble, waiters });
  const { planHash } = before;
  const begin = { key: `begin:${planHash}`, planId: place.planId, from: ["approved"], planHash } as const;
  const { plan } = await plans.change({ ...begin, status: "executing" });
  if (plan.status !== "executing") return notBegun(plan);
  await tellRuns(place, listeners(plan, waiters), statusNews(place, plan));
  const current = await plans.current(place.planId);
  if (current === null) throw new InternalError(`plan ${place.planId} is executed and has no revision`);
  const undone = await undoneActions(place, current);
  if (!isOpen) await plans.openLedger(place.planId, undone === null ? ledgerLines(place, current) : undoLines(undone));
  host.crashPoints.pass("preflight.done");
  const actions = current.body.actions.length;
  const open = ledger.findIndex(({ state }) => state !== "done");
  const next = isOpen ? (open < 0 ? actions : open) : 0;
  const isBatch = place.binding.dispatcher?.mode === "batch" && undone === null;
  return { state: planState(plan), actions, next, isBatch, heartbeatMs: host.heartbeatMs };
}

function notBegun(plan: PlanRecord): BegunPlan {
  return { state: planState(plan), actions: 0, next: 0, isBatch: false };
}

/** Why the plan must not be applied; null when it may. What keeps this attempt only from finding out is thrown. */
async function lookedOver(place: PlanPlace, plan: PlanRecord): Promise<ErrorInfo | null> {
  try {
    return await preflight(place, plan, await place.store.plans.current(place.planId));
  } catch (error) {
    if (isPassing(place, error)) throw error;
    return failureText(error);
  }
}

/** Whether another attempt may do better; also when it is this worker that stops in the middle. */
function isPassing({ host }: PlanPlace, error: unknown): boolean {
  if (error instanceof CancelledFailure || callSignal(host).aborted) return true;
  return retryDelay(error, { attempt: Context.current().info.attempt }) !== "never";
}

async function preflight(place: PlanPlace, plan: PlanRecord, current: PlanRevision | null): Promise<ErrorInfo | null> {
  const decisions = await place.store.plans.decisions(place.planId);
  const { approvedGate: gate, planHash, revision } = plan;
  const { mode } = place.binding.approvals;
  if (!approvalStands({ gate, planHash, revision, decisions, mode })) return CHANGED;
  if (current?.planHash !== planHash || current.revision !== revision) return CHANGED;
  const undone = await undoneActions(place, current);
  if (undone !== null && gate?.rule.kind === "never") return CHANGED; // a person must have asked
  return (
    whyNoDispatcher(place, plan) ??
    (undone === null ? whyNoHandler(place, current) : whyNoUndo(place, current, undone)) ??
    (await whyNoReferences(place, current)) ??
    (await whyOtherContent(place, plan, current))
  );
}

function whyNoDispatcher({ binding }: PlanPlace, { spec }: PlanRecord): ErrorInfo | null {
  const { dispatcher, app } = binding;
  const hint = `Give createRuntime an actionDispatcher made with defineDispatcher for the plan "${spec}".`;
  if (dispatcher === null)
    return { code: "DISPATCHER_MISSING", message: `The worker of app "${app}" has no action dispatcher.`, hint };
  if (dispatcher.plan === null || dispatcher.plan === spec) return null;
  const message = `The action dispatcher must be one for the plan "${spec}", received one for "${dispatcher.plan}".`;
  return { code: "DISPATCHER_MISSING", message, hint };
}

function whyNoHandler({ binding }: PlanPlace, { body }: PlanRevision): ErrorInfo | null {
  const kinds = binding.dispatcher?.kinds ?? null;
  const index = body.actions.findIndex(({ kind }) => kinds?.includes(kind) === false);
  if (index < 0 || kinds === null) return null;
  const expected = `one that the dispatcher has a handler for (${kinds.join(", ")})`;
  const received = JSON.stringify(preview(body.actions[index]?.kind ?? "", PREVIEW_CHARS));
  return {
    code: "ACTION_KIND_UNKNOWN",
    message: `The kind of action ${index} must be ${expected}, received ${received}.`,
    hint: "Add a handler for it to defineDispatcher, or list the kinds in the schema of the plan.",
  };
}

/** Each once, and one after the other, so that the values of a large plan are not in memory all at once. */
async function whyNoReferences(place: PlanPlace, { body }: PlanRevision): Promise<ErrorInfo | null> {
  const handles = body.actions.flatMap((action) => action.references);
  const distinct = new Map(handles.map((handle) => [JSON.stringify([handle.kind, handle.id]), handle]));
  for (const handle of distinct.values()) {
    if (wasAskedToCancel()) throw new CancelledFailure("The plan was cancelled before it was begun.");
    const trouble = await whyUnreadable(place, handle);
    if (trouble !== null) return trouble;
  }
  return null;
}

async function whyUnreadable(place: PlanPlace, handle: ReferenceHandle): Promise<ErrorInfo | null> {
  try {
    await hydrate(place.store.references, [handle]);
    return null;
  } catch (error) {
    if (isPassing(place, error)) throw error;
    const info = failureText(error);
    return { ...info, message: `Reference ${handle.kind} "${handle.id}" cannot be read: ${info.message}` };
  }
}

async function whyOtherContent(place: PlanPlace, plan: PlanRecord, { body }: PlanRevision): Promise<ErrorInfo | null> {
  const spec = place.binding.spec.plans.find(({ name }) => name === plan.spec);
  if (spec === undefined) return CHANGED;
  const held = body.actions.flatMap((action) => action.references);
  const hashed = await hashPlanBody(place.store.references, { spec, body, held });
  return hashed.ok && hashed.hash === plan.planHash ? null : CHANGED;
}

async function failed(
  place: PlanPlace,
  { planHash }: PlanRecord,
  { error, waiters }: { readonly error: ErrorInfo; readonly waiters: readonly PlanWaiter[] },
): Promise<BegunPlan> {
  const change = { planId: place.planId, from: ["approved", "executing"], status: "failed", error } as const;
  const { kind, plan } = await place.store.plans.change({ ...change, key: `preflight:${planHash}` });
  if (kind === "applied")
    log.warn(`plan ${place.planId} could not be begun: ${error.code} ${error.message} [failed, nothing was applied]`);
  await tellRuns(place, listeners(plan, waiters), statusNews(place, plan));
  return notBegun(plan);
}

function ledgerLines(
  { binding, planId }: PlanPlace,
  { body, planHash }: PlanRevision,
): readonly { index: number; kind: string; idempotencyKey: string }[] {
  const { tenant, workspace } = binding;
  return body.actions.map((action, index) => ({
    index,
    kind: action.kind,
    idempotencyKey: actionKey({ tenant, workspace, planId, planHash, index, actionHash: actionHash(action) }),
  }));
}

const CHANGED: ErrorInfo = {
  code: "PLAN_CHANGED",
  message: "The plan, its kind or a reference of it is not what was approved.",
  hint: "Store the plan again under another planId and have it approved.",
};
