import { CancelledFailure } from "@temporalio/common";
import { callDispatcher, type CallEnd } from "../../dispatch/call-dispatcher.ts";
import { afterLostAttempt, afterProbe, faultOf, followsDoubt, isGivenUp } from "../../engine/action-ledger.ts";
import { StateError } from "../../protocol/errors.ts";
import type { ActionRecord } from "../../protocol/plan.ts";
import type { DispatchInput, DispatchOutcome } from "../../protocol/plan-flow.ts";
import { ActionInDoubtError } from "../../specs/dispatchers/action-in-doubt-error.ts";
import { checkDispatchResult } from "../../specs/dispatchers/dispatch-result.ts";
import { planKey } from "../../specs/plans/plan-hash.ts";
import type { ActionMove, PlanRecord } from "../../state/plan-port.ts";
import { askProbe } from "./ask-probe.ts";
import { callSignal, wasAskedToCancel } from "../call-signal.ts";
import { findPlan, type PlanPlace, readPlan } from "../plans/find-plan.ts";
import type { ActivityHost } from "../host.ts";
import { openDispatch } from "./open-dispatch.ts";
import { type Batch, settleBatch } from "./settle-batch.ts";
import { leftUnknown } from "./thrown-info.ts";
import { untilStored } from "../until-stored.ts";

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
  await settleBatch(batch, ended);
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

function outcomeOf(ledger: readonly ActionRecord[]): DispatchOutcome {
  if (ledger.every(({ state }) => state === "done")) return { state: "done" };
  return { state: ledger.some(({ state }) => state === "unknown" || state === "intent") ? "unknown" : "failed" };
}

const ENDED_BADLY: ReadonlySet<string> = new Set(["unknown", "failed"]);
