import { Context } from "@temporalio/activity";
import { CancelledFailure } from "@temporalio/common";
import { callDispatcher, type CallEnd } from "../dispatch/call-dispatcher.ts";
import { hydrate } from "../dispatch/hydrate.ts";
import { afterLostAttempt } from "../engine/action-ledger.ts";
import { BridleError, type ErrorInfo, StateError } from "../protocol/errors.ts";
import { DISPATCH_ATTEMPTS } from "../protocol/limits.ts";
import type { ActionRecord } from "../protocol/plan.ts";
import type { DispatchInput, DispatchOutcome } from "../protocol/plan-flow.ts";
import type { DispatchContext, HydratedAction } from "../specs/dispatch-context.ts";
import type { Dispatcher } from "../specs/dispatcher.ts";
import type { ActionMove } from "../state/plan-port.ts";
import { findPlan, type PlanPlace, readPlan } from "./find-plan.ts";
import type { ActivityHost } from "./host.ts";
import { failureText } from "./to-failure.ts";

/** One action on its way to the target. */
interface Dispatch {
  readonly place: PlanPlace;
  readonly dispatcher: Dispatcher;
  readonly action: HydratedAction;
  readonly line: ActionRecord;
  readonly context: Omit<DispatchContext, "signal">;
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
  if (plan.status !== "executing" || plan.fence !== input.fence) return { state: "failed" };
  const dispatch = await openDispatch(place, line, input);
  if (line.state === "pending") return call(dispatch);
  return afterLost(dispatch);
}

async function openDispatch(place: PlanPlace, line: ActionRecord, input: DispatchInput): Promise<Dispatch> {
  const { binding, store, planId } = place;
  const { dispatcher } = binding;
  const [plan, current, decisions] = await Promise.all([
    readPlan(place),
    store.plans.current(planId),
    store.plans.decisions(planId),
  ]);
  const action = current?.body.actions[line.index];
  if (dispatcher === null || action === undefined) throw noDispatcher(binding.app);
  const { planHash, revision, fence } = plan;
  const approvals = decisions.filter(
    ({ decision, refused, contentHash }) =>
      refused === null && contentHash === planHash && (decision === "approve" || decision === "edit"),
  );
  const slot = { index: line.index, idempotencyKey: line.idempotencyKey };
  const context = {
    tenant: binding.tenant,
    workspace: binding.workspace,
    planId,
    planHash,
    revision,
    runId: input.runId,
    resolvedRefs: await hydrate(store.references, action.references),
    services: binding.services,
    idempotencyKey: line.idempotencyKey,
    fence,
    attempt: line.attempts + 1,
    approvedBy: [...new Set(approvals.map(({ by }) => by))],
    action: () => slot,
  };
  return { place, dispatcher, line, context, action: { ...action, index: line.index } };
}

/** The worker before this one was killed, hung or was cut off: what it did is not known. */
async function afterLost(dispatch: Dispatch): Promise<DispatchOutcome> {
  const { dispatcher, line } = dispatch;
  const { guarantee, keyTtlMs, probe } = dispatcher;
  const now = new Date().toISOString();
  const todo = afterLostAttempt({ guarantee, keyTtlMs, now, startedAt: line.at, hasProbe: probe !== undefined });
  if (todo === "probe") return ask(dispatch);
  if (todo === "unknown" || line.attempts >= DISPATCH_ATTEMPTS) return end(dispatch, { to: "unknown", error: LOST });
  return call(dispatch);
}

async function ask(dispatch: Dispatch): Promise<DispatchOutcome> {
  const { dispatcher, action, context } = dispatch;
  const signal = Context.current().cancellationSignal;
  const found = await dispatcher.probe?.(action, { ...context, signal }).catch(() => "unknown" as const);
  if (found === "applied") return end(dispatch, { to: "done", summary: "Found applied by its probe." });
  return found === "notApplied" ? call(dispatch) : end(dispatch, { to: "unknown", error: LOST });
}

async function call(dispatch: Dispatch): Promise<DispatchOutcome> {
  const { place, line, context } = dispatch;
  const { plans } = place.store;
  const intent = { index: line.index, from: [line.state], to: "intent", attempts: context.attempt } as const;
  const { moved, action: now } = await plans.moveAction(place.planId, intent);
  if (!moved) throw new StateError("STEP_SUPERSEDED", `Action ${line.index} is ${now.state}.`, { retryable: true });
  place.host.crashPoints.pass("intent.written");
  const ended = await callDispatcher({ ...dispatch, signal: Context.current().cancellationSignal });
  place.host.crashPoints.pass("effect.returned");
  return settle(dispatch, ended);
}

async function settle(dispatch: Dispatch, ended: CallEnd): Promise<DispatchOutcome> {
  switch (ended.kind) {
    case "result":
      return end(dispatch, { to: "done", ...ended.result });
    case "wrong-result":
      return end(dispatch, { to: "failed", error: { code: "DISPATCH_RESULT_INVALID", message: ended.message } });
    case "late":
      return settleLate(dispatch);
    case "threw":
      return settleThrown(dispatch, ended.error);
  }
}

/** It did not answer in time: like an attempt that was lost, only that this one knows. */
async function settleLate(dispatch: Dispatch): Promise<DispatchOutcome> {
  if (Context.current().cancellationSignal.aborted) throw new CancelledFailure("The plan was cancelled.");
  if (isRepeatable(dispatch)) throw new StateError("ACTION_OUTCOME_UNKNOWN", LOST.message, { retryable: true });
  return dispatch.dispatcher.probe === undefined ? end(dispatch, { to: "unknown", error: LOST }) : askLate(dispatch);
}

/** The call may still be going on, so that not being applied yet says nothing. */
async function askLate(dispatch: Dispatch): Promise<DispatchOutcome> {
  const { dispatcher, action, context } = dispatch;
  const signal = Context.current().cancellationSignal;
  const found = await dispatcher.probe?.(action, { ...context, signal }).catch(() => "unknown" as const);
  if (found === "applied") return end(dispatch, { to: "done", summary: "Found applied by its probe." });
  return end(dispatch, { to: "unknown", error: LOST });
}

/** A handler that throws has answered; only after a lost attempt, or when it asked to be tried again, is there a doubt. */
async function settleThrown(dispatch: Dispatch, error: unknown): Promise<DispatchOutcome> {
  if (Context.current().cancellationSignal.aborted) throw new CancelledFailure("The plan was cancelled.");
  const told = thrownInfo(error);
  const asksAgain = error instanceof BridleError && error.retryable;
  if (asksAgain && isRepeatable(dispatch)) throw error;
  const isInDoubt = dispatch.line.state === "intent" && dispatch.dispatcher.guarantee !== "none";
  return end(dispatch, { to: isInDoubt ? "unknown" : "failed", error: told });
}

function isRepeatable({ dispatcher, context }: Dispatch): boolean {
  return dispatcher.guarantee !== "none" && context.attempt < DISPATCH_ATTEMPTS;
}

function thrownInfo(error: unknown): ErrorInfo {
  if (error instanceof BridleError) return failureText(error);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return failureText(new StateError("ACTION_FAILED", message));
}

async function end(
  { place, line }: Dispatch,
  outcome: Omit<ActionMove, "index" | "from" | "to"> & { readonly to: "done" | "failed" | "unknown" },
): Promise<DispatchOutcome> {
  const { action } = await place.store.plans.moveAction(place.planId, {
    index: line.index,
    from: ["intent"],
    ...outcome,
  });
  place.host.crashPoints.pass("ledger.done");
  return { state: action.state === "done" || action.state === "failed" ? action.state : "unknown" };
}

function noDispatcher(app: string): StateError {
  return new StateError("SPEC_MISSING", `The worker of app "${app}" has no action dispatcher.`, {
    retryable: true,
    hint: "Start a worker with the build that began this plan.",
  });
}

const LOST: ErrorInfo = {
  code: "ACTION_OUTCOME_UNKNOWN",
  message:
    "The action was started and did not answer, so it may or may not have taken effect. It was not started again.",
  hint: "Find out from the target whether the effect happened.",
};
