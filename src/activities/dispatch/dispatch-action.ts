import { CancelledFailure } from "@temporalio/common";
import { callDispatcher, type CallEnd } from "../../dispatch/call-dispatcher.ts";
import { callTrouble } from "../../dispatch/call-trouble.ts";
import {
  afterLostAttempt,
  afterProbe,
  afterTrouble,
  type CallTrouble,
  faultOf,
  followsDoubt,
  isGivenUp,
  type LostAttempt,
  notedCode,
} from "../../engine/action-ledger.ts";
import { type ErrorInfo, InputError, StateError } from "../../protocol/errors.ts";
import type { ActionRecord } from "../../protocol/plan.ts";
import type { DispatchInput, DispatchOutcome } from "../../protocol/plan-flow.ts";
import { RetryableToolError } from "../../specs/tools/retryable-tool-error.ts";
import type { ActionMove, PlanRecord } from "../../state/plan-port.ts";
import { askProbe } from "./ask-probe.ts";
import { callSignal, wasAskedToCancel } from "../call-signal.ts";
import { findPlan, type PlanPlace, readPlan } from "../plans/find-plan.ts";
import type { ActivityHost } from "../host.ts";
import { logTrouble } from "./log-trouble.ts";
import { type OpenDispatch, openDispatch } from "./open-dispatch.ts";
import { failedInfo, leftUnknown, LOST, thrownInfo, unknownInfo } from "./thrown-info.ts";
import { untilStored } from "../until-stored.ts";

/** One action on its way to the target. */
interface Dispatch extends OpenDispatch {
  readonly line: ActionRecord;
  /** The attempts that the line had when this one last wrote it; with more, another one has taken over. */
  readonly held: number;
  readonly now: string;
}

/**
 * Applies one action: its intent is in the ledger before the target is called, and its outcome before the workflow hears of it. An
 * attempt that finds an intent takes the place of one that was lost, and calls again only where that cannot be a second effect.
 */
export async function dispatchAction(host: ActivityHost, input: DispatchInput): Promise<DispatchOutcome> {
  const place = await findPlan(host, input.ref);
  const line = (await place.store.plans.actions(place.planId))[input.index];
  if (line === undefined || line.state === "skipped") return { state: "failed" };
  if (line.state !== "pending" && line.state !== "intent") return { state: line.state };
  const plan = await readPlan(place);
  if (plan.status !== "executing") return { state: "failed" };
  const taken = line.state === "pending" ? plan : await takeOver(place, plan, line);
  const parts = { plan: taken, lines: [line], runId: input.runId, idempotencyKey: line.idempotencyKey };
  const dispatch = { ...(await openDispatch(place, parts)), line, held: line.attempts, now: nowText() };
  return line.state === "pending" ? call(dispatch) : afterLost(dispatch);
}

/** A larger fence than that of the attempt before, which may still be somewhere on its way. */
async function takeOver({ store, planId }: PlanPlace, plan: PlanRecord, line: ActionRecord): Promise<PlanRecord> {
  const change = { planId, from: ["executing"], fence: plan.fence + 1 } as const;
  return (await store.plans.change({ ...change, key: `take-over:${line.index}:${line.attempts}` })).plan;
}

/** The worker before this one was killed, hung or was cut off, or its call ended in doubt: what it did is not known. */
async function afterLost(dispatch: Dispatch): Promise<DispatchOutcome> {
  const { line, now } = dispatch;
  const isInDoubt = followsDoubt(line);
  if (isGivenUp(line, now) && isInDoubt) return end(dispatch, leftUnknown(line));
  if (isGivenUp(line, now)) return end(dispatch, { to: "failed" });
  if (!isInDoubt) return call(dispatch);
  const todo = afterLostAttempt(lostAttempt(dispatch));
  if (todo === "unknown") return end(dispatch, leftUnknown(line));
  return todo === "probe" ? probe(dispatch) : call(dispatch);
}

async function probe(dispatch: Dispatch): Promise<DispatchOutcome> {
  const { dispatcher, line } = dispatch;
  const { timeoutMs } = dispatcher;
  const answer = await askProbe(dispatch, line.index);
  const verdict = afterProbe({ ...lostAttempt(dispatch), answer, calledAt: line.calledAt, timeoutMs });
  switch (verdict.kind) {
    case "done":
      return end(dispatch, FOUND_APPLIED);
    case "repeat":
    case "call-again":
      return call(dispatch);
    case "failed":
      return end(dispatch, { to: "failed" });
    case "unknown":
      return end(dispatch, leftUnknown(line));
    case "ask-later":
      throw new StateError("ACTION_OUTCOME_UNKNOWN", "The call before may still be going on.", {
        retryable: true,
        retryAfterMs: verdict.waitMs,
      });
  }
}

async function call(dispatch: Dispatch): Promise<DispatchOutcome> {
  const { place, line, context, dispatcher } = dispatch;
  const { plans } = place.store;
  const calledAt = new Date();
  const { moved, action: now } = await plans.moveAction(place.planId, {
    index: line.index,
    from: [line.state],
    to: "intent",
    ifAttempts: dispatch.held,
    attempts: context.attempt,
    calledAt: calledAt.toISOString(),
    error: null,
  });
  if (!moved) throw new StateError("STEP_SUPERSEDED", `Action ${line.index} is ${now.state}.`, { retryable: true });
  place.host.crashPoints.pass("intent.written");
  const until = calledAt.getTime() + dispatcher.timeoutMs;
  const ended = await callDispatcher({ ...dispatch, signal: callSignal(place.host), until });
  place.host.crashPoints.pass("effect.returned");
  return settle({ ...dispatch, held: context.attempt, now: nowText() }, ended);
}

async function settle(dispatch: Dispatch, ended: CallEnd): Promise<DispatchOutcome> {
  switch (ended.kind) {
    case "result":
      return end(dispatch, { to: "done", ...ended.result, error: null });
    case "wrong-result":
      return settleTrouble(dispatch, "garbled", new InputError("DISPATCH_RESULT_INVALID", ended.message));
    case "late":
      return settleLate(dispatch);
    case "threw":
      return settleTrouble(dispatch, callTrouble(ended.error), ended.error);
  }
}

/** The call may still be going on in this process, so that a probe that finds nothing says nothing. */
async function settleLate(dispatch: Dispatch): Promise<DispatchOutcome> {
  if (isAbandoned(dispatch)) throw new CancelledFailure("Nobody waits for this attempt any more.");
  if (afterLostAttempt({ ...attemptOf(dispatch), fault: null }) !== "probe")
    return settleTrouble(dispatch, "in-doubt", LATE);
  const answer = await askProbe(dispatch, dispatch.line.index);
  return end(dispatch, answer === "applied" ? FOUND_APPLIED : { to: "unknown", error: LOST });
}

/** What is told of the trouble stays in the ledger between two attempts, for people and for the next one. */
async function settleTrouble(dispatch: Dispatch, trouble: CallTrouble, error: unknown): Promise<DispatchOutcome> {
  const { line, place, held } = dispatch;
  const isCancelled = wasAskedToCancel();
  const attempt = { ...attemptOf(dispatch), trouble, followsDoubt: followsDoubt(line), isCancelled };
  const todo = afterTrouble(attempt);
  const told = thrownInfo(error);
  const code = notedCode(attempt);
  logTrouble({ planId: place.planId, lines: [line], trouble, attempt: held, told, error, next: todo });
  if (todo === "unknown") return endInDoubt(dispatch, unknownInfo(code, told));
  if (todo === "failed") return end(dispatch, { to: "failed", error: failedInfo(trouble, told) });
  const noted = {
    index: line.index,
    from: ["intent"],
    to: "intent",
    ifAttempts: held,
    error: { ...told, code },
  } as const;
  await untilStored(place.host, () => place.store.plans.moveAction(place.planId, noted));
  const retryAfterMs = error instanceof RetryableToolError ? error.retryAfterMs : undefined;
  throw new StateError(code, told.message, {
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Nothing more will be called; a probe that knows of the effect spares a person the search. */
async function endInDoubt(dispatch: Dispatch, error: ErrorInfo): Promise<DispatchOutcome> {
  const answer = await askProbe(dispatch, dispatch.line.index);
  return end(dispatch, answer === "applied" ? FOUND_APPLIED : { to: "unknown", error });
}

/** A worker that stops or whose workflow is gone leaves its intent for the one after it. */
function isAbandoned({ place }: Dispatch): boolean {
  return callSignal(place.host).aborted;
}

/** The attempt that this one finds in the ledger. */
function lostAttempt(dispatch: Dispatch): LostAttempt {
  return { ...attemptOf(dispatch), fault: faultOf(dispatch.line) };
}

function attemptOf({ dispatcher, line, now, held }: Dispatch): Omit<LostAttempt, "fault"> {
  const { guarantee, keyTtlMs, probe: probes } = dispatcher;
  return { guarantee, keyTtlMs, now, startedAt: line.at ?? now, hasProbe: probes !== undefined, attempts: held };
}

type End = Omit<ActionMove, "index" | "from" | "to"> & { readonly to: "done" | "failed" | "unknown" };

/** That it took effect is true whoever says it; that it did not, only the latest attempt can say. */
async function end({ place, line, held }: Dispatch, outcome: End): Promise<DispatchOutcome> {
  const isHeld = outcome.to === "done" ? {} : { ifAttempts: held };
  const ended: ActionMove = { index: line.index, from: ["intent"], ...isHeld, ...outcome };
  const { action } = await untilStored(place.host, () => place.store.plans.moveAction(place.planId, ended));
  place.host.crashPoints.pass("ledger.done");
  if (action.state === "intent")
    throw new StateError("STEP_SUPERSEDED", `Another attempt of action ${line.index} goes on.`, { retryable: true });
  return { state: action.state === "done" || action.state === "failed" ? action.state : "unknown" };
}

function nowText(): string {
  return new Date().toISOString();
}

const FOUND_APPLIED: End = { to: "done", summary: "Found applied by its probe.", error: null };

const LATE = new StateError("ACTION_OUTCOME_UNKNOWN", "The action did not answer in time.");
