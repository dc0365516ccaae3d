import { CancelledFailure } from "@temporalio/common";
import { callDispatcher, type CallEnd } from "../dispatch/call-dispatcher.ts";
import { callTrouble } from "../dispatch/call-trouble.ts";
import {
  afterLostAttempt,
  afterProbe,
  type CallTrouble,
  faultOf,
  followsDoubt,
  isGivenUp,
} from "../engine/action-ledger.ts";
import { afterBatchTrouble, type BatchMove, type TroubledBatch } from "../engine/batch-ledger.ts";
import { type ErrorInfo, InputError, StateError } from "../protocol/errors.ts";
import type { ActionRecord } from "../protocol/plan.ts";
import type { DispatchInput, DispatchOutcome } from "../protocol/plan-flow.ts";
import { ActionInDoubtError } from "../specs/dispatchers/action-in-doubt-error.ts";
import { ActionStoppedError } from "../specs/dispatchers/apply-in-order.ts";
import { checkDispatchResult, type DispatchResult } from "../specs/dispatchers/dispatch-result.ts";
import { planKey } from "../specs/plans/plan-hash.ts";
import type { ActionMove, PlanRecord } from "../state/plan-port.ts";
import { askProbe } from "./ask-probe.ts";
import { callSignal, wasAskedToCancel } from "./call-signal.ts";
import { findPlan, type PlanPlace, readPlan } from "./find-plan.ts";
import type { ActivityHost } from "./host.ts";
import { type OpenDispatch, openDispatch } from "./open-dispatch.ts";
import { failedInfo, leftUnknown, thrownInfo, unknownInfo } from "./thrown-info.ts";
import { untilStored } from "./until-stored.ts";

/** All actions of a plan that are left, on their way to the target in one call. */
interface Batch extends OpenDispatch {
  readonly attempt: number;
  /** Positions that the dispatcher reported while it was called. */
  readonly reported: Set<number>;
  /** Every report, whether or not the dispatcher waits for it. */
  readonly reports: Promise<void>[];
}

/**
 * Applies what is left of a plan in one call. Every intent is in the ledger before the call; the dispatcher reports what took effect
 * one by one, or all at once by returning. An attempt that finds intents calls again only for what cannot be a second effect.
 */
export async function dispatchActions(
  host: ActivityHost,
  input: Omit<DispatchInput, "index">,
): Promise<DispatchOutcome> {
  const place = await findPlan(host, input.ref);
  const plan = await readPlan(place);
  if (plan.status !== "executing") return { state: "failed" };
  const left = await leftOver(place);
  if (left.length > 0) {
    const taken = await takeOver(place, plan, left);
    await settleLost(await open(place, { plan: taken, lines: left, runId: input.runId }));
    const lines = await leftOver(place);
    const isOver = (await place.store.plans.actions(place.planId)).some(({ state }) => ENDED_BADLY.has(state));
    if (lines.length > 0 && !isOver) await call(await open(place, { plan: taken, lines, runId: input.runId }));
  }
  return outcomeOf(await place.store.plans.actions(place.planId));
}

async function leftOver({ store, planId }: PlanPlace): Promise<readonly ActionRecord[]> {
  const lines = await store.plans.actions(planId);
  return lines.filter(({ state }) => state === "pending" || state === "intent");
}

async function takeOver(place: PlanPlace, plan: PlanRecord, left: readonly ActionRecord[]): Promise<PlanRecord> {
  const attempts = Math.max(...left.map((line) => line.attempts));
  if (attempts === 0) return plan;
  const change = { planId: place.planId, from: ["executing"], fence: plan.fence + 1 } as const;
  return (await place.store.plans.change({ ...change, key: `take-over:batch:${attempts}` })).plan;
}

async function open(
  place: PlanPlace,
  parts: { readonly plan: PlanRecord; readonly lines: readonly ActionRecord[]; readonly runId: string | null },
): Promise<Batch> {
  const { tenant, workspace } = place.binding;
  const { planHash } = parts.plan;
  const idempotencyKey = planKey({ tenant, workspace, planId: place.planId, planHash });
  const dispatch = await openDispatch(place, { ...parts, idempotencyKey });
  return { ...dispatch, attempt: dispatch.context.attempt, reported: new Set(), reports: [] };
}

/** What the call before may have applied: found out where it can be, called again where that is safe, and unknown otherwise. */
async function settleLost(batch: Batch): Promise<void> {
  const { place, dispatcher, lines } = batch;
  const { guarantee, keyTtlMs, timeoutMs } = dispatcher;
  const now = new Date().toISOString();
  const moves: ActionMove[] = [];
  let waitMs = 0;
  for (const line of lines.filter(followsDoubt)) {
    const { index, at, calledAt, attempts } = line;
    const attempt = { guarantee, keyTtlMs, now, startedAt: at, attempts, fault: faultOf(line) };
    const hasProbe = dispatcher.probe !== undefined;
    const todo = isGivenUp(line, now) ? "unknown" : afterLostAttempt({ ...attempt, hasProbe });
    if (todo === "call-again") continue;
    const answer = todo === "unknown" ? "unknown" : await askProbe(batch, index);
    const verdict =
      todo === "unknown" ? ({ kind: "unknown" } as const) : afterProbe({ ...attempt, answer, calledAt, timeoutMs });
    const move = { index, from: ["intent"], ifAttempts: attempts } as const;
    if (verdict.kind === "done")
      moves.push({ ...move, to: "done", summary: "Found applied by its probe.", error: null });
    else if (verdict.kind === "unknown") moves.push({ ...move, ...leftUnknown(line) });
    else if (verdict.kind === "failed") moves.push({ ...move, to: "failed" });
    else if (verdict.kind === "call-again") moves.push({ ...move, to: "pending" });
    else if (verdict.kind === "ask-later") waitMs = Math.max(waitMs, verdict.waitMs);
  }
  await place.store.plans.moveActions(place.planId, moves);
  if (waitMs > 0) {
    const message = "The call before may still be going on.";
    throw new StateError("ACTION_OUTCOME_UNKNOWN", message, { retryable: true, retryAfterMs: waitMs });
  }
}

async function call(batch: Batch): Promise<void> {
  const { place, lines, attempt, context, dispatcher } = batch;
  const { plans } = place.store;
  const calledAt = new Date();
  const intent = { to: "intent", attempts: attempt, calledAt: calledAt.toISOString(), error: null } as const;
  await plans.moveActions(
    place.planId,
    lines.map(({ index, state, attempts }) => ({ ...intent, index, from: [state], ifAttempts: attempts })),
  );
  place.host.crashPoints.pass("intent.written");
  const until = calledAt.getTime() + dispatcher.timeoutMs;
  const applied = (position: number, outcome: unknown): Promise<void> => {
    const told = report(batch, position, outcome);
    told.catch(() => undefined); // a dispatcher that does not wait for it must not take its worker down
    batch.reports.push(told);
    return told;
  };
  const returned = await callDispatcher({
    ...batch,
    context: { ...context, applied },
    signal: callSignal(place.host),
    until,
  });
  const ended = await afterReports(batch, returned);
  place.host.crashPoints.pass("effect.returned");
  await settle(batch, ended);
  place.host.crashPoints.pass("ledger.done");
}

/** A result counts only when every report before it did, also those that the dispatcher did not wait for. */
async function afterReports({ reports }: Batch, ended: CallEnd): Promise<CallEnd> {
  const made = await Promise.allSettled(reports);
  if (ended.kind !== "result") return ended;
  const errors = made.flatMap((report): readonly unknown[] => (report.status === "rejected" ? [report.reason] : []));
  const error = errors.find((one) => !(one instanceof CancelledFailure));
  if (error === undefined) return ended;
  return isWrongReport(error) ? { kind: "wrong-result", message: error.message } : { kind: "threw", error };
}

function isWrongReport(error: unknown): error is Error {
  return error instanceof RangeError || (error instanceof StateError && error.code === "DISPATCH_RESULT_INVALID");
}

/** One action took effect. That is true whoever says it, so that an attempt that was superseded may say it too. */
async function report({ place, lines, reported }: Batch, position: number, outcome: unknown): Promise<void> {
  const line = Number.isInteger(position) ? lines[position] : undefined;
  if (line === undefined) throw new RangeError(`ctx.applied(${position}, …): this call has ${lines.length} actions.`);
  const checked = checkDispatchResult(outcome);
  if (!checked.ok) throw new StateError("DISPATCH_RESULT_INVALID", checked.message);
  const done = { index: line.index, from: ["intent"], to: "done", ...checked.result, error: null } as const;
  await untilStored(place.host, () => place.store.plans.moveAction(place.planId, done)).catch((error: unknown) => {
    // Not the dispatcher's word: the action took effect, and it is only not written down.
    throw new ActionInDoubtError(`Action ${line.index} took effect and could not be recorded.`, { cause: error });
  });
  reported.add(position);
  place.host.crashPoints.pass("ledger.done");
  if (wasAskedToCancel()) throw new CancelledFailure("The plan was cancelled; the rest must not begin.");
}

async function settle(batch: Batch, ended: CallEnd): Promise<void> {
  switch (ended.kind) {
    case "result":
      return settleResult(batch, ended.result);
    case "wrong-result":
      return settleTrouble(batch, "garbled", new InputError("DISPATCH_RESULT_INVALID", ended.message));
    case "late":
      if (callSignal(batch.place.host).aborted) throw new CancelledFailure("Nobody waits for this attempt any more.");
      return settleTrouble(batch, "in-doubt", LATE);
    case "threw":
      return settleTrouble(batch, troubleOf(ended.error), ended.error);
  }
}

/** What the call as a whole affected, less what was told one by one, stands on the first action that was not. */
async function settleResult(batch: Batch, result: DispatchResult): Promise<void> {
  const { place, lines, attempt } = batch;
  const ledger = await place.store.plans.actions(place.planId);
  const told = lines.reduce((sum, { index }) => sum + (ledger[index]?.entitiesAffected ?? 0), 0);
  const rest = lines.filter((_, position) => !batch.reported.has(position));
  const moves = rest.map(({ index }, place): ActionMove => ({
    index,
    from: ["intent"],
    to: "done",
    ifAttempts: attempt,
    error: null,
    ...(place === 0 ? { ...result, entitiesAffected: Math.max(0, result.entitiesAffected - told) } : {}),
  }));
  await untilStored(place.host, () => place.store.plans.moveActions(place.planId, moves));
}

async function settleTrouble(batch: Batch, trouble: CallTrouble, error: unknown): Promise<void> {
  const { place, lines, attempt, reported, dispatcher } = batch;
  const { guarantee, keyTtlMs, probe } = dispatcher;
  const isStop = error instanceof ActionStoppedError;
  const told = thrownInfo(isStop ? error.cause : error);
  const troubled: TroubledBatch = {
    trouble,
    guarantee,
    keyTtlMs,
    hasProbe: probe !== undefined,
    attempts: attempt,
    now: new Date().toISOString(),
    isCancelled: wasAskedToCancel(),
    lines: lines.filter((_, position) => !reported.has(position)),
    stopped: isStop ? error : firstOne(lines, told),
  };
  const { again, moves } = afterBatchTrouble(troubled);
  const settled = moves.map((move): ActionMove => {
    const { index, to } = move;
    return { index, from: ["intent"], to, ifAttempts: attempt, error: noteOf(move, trouble, told) };
  });
  await untilStored(place.host, () => place.store.plans.moveActions(place.planId, settled));
  if (again) throw new StateError("ACTION_OUTCOME_UNKNOWN", told.message, { retryable: true });
}

function noteOf({ to, code }: BatchMove, trouble: CallTrouble, told: ErrorInfo): ErrorInfo | null {
  if (to === "pending") return null;
  if (to === "failed") return failedInfo(trouble, told);
  return to === "unknown" ? unknownInfo(code, told) : { ...told, code };
}

/** A single action is the one that stopped, and before an unknown kind none begins. */
function firstOne(lines: readonly ActionRecord[], { code }: ErrorInfo): TroubledBatch["stopped"] {
  const [first, ...others] = lines;
  const isFirst = others.length === 0 || code === "ACTION_KIND_UNKNOWN";
  return first === undefined || !isFirst ? null : { index: first.index, isStarted: true };
}

/** Actions in order say where they stopped, and why. */
function troubleOf(error: unknown): CallTrouble {
  return callTrouble(error instanceof ActionStoppedError ? error.cause : error);
}

function outcomeOf(ledger: readonly ActionRecord[]): DispatchOutcome {
  if (ledger.every(({ state }) => state === "done")) return { state: "done" };
  return { state: ledger.some(({ state }) => state === "unknown" || state === "intent") ? "unknown" : "failed" };
}

const ENDED_BADLY: ReadonlySet<string> = new Set(["unknown", "failed"]);

const LATE = new StateError("ACTION_OUTCOME_UNKNOWN", "The actions did not answer in time.");
