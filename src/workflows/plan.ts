import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from "@temporalio/workflow";
import { gateText } from "../engine/gate-text.ts";
import type { AnswerResult, CarriedPlan, PlanActivities, PlanInput, PlanRef, PlanState, PlanWaiter } from "../protocol/plan-flow.ts";
import type { PlanStatus } from "../protocol/plan.ts";
import { failureInfo } from "./end-turn.ts";
import { PlanInbox, type PlanMessage } from "./plan-inbox.ts";
import { DECISION_POLICY, DISPATCH_POLICY } from "./policies.ts";
import { planSettledSignal } from "./turn-inbox.ts";

const decide = proxyActivities<PlanActivities>(DECISION_POLICY);
const { dispatchAction } = proxyActivities<PlanActivities>(DISPATCH_POLICY);

/** A plan while its workflow runs. */
interface OpenPlan {
  readonly ref: PlanRef;
  readonly inbox: PlanInbox;
  state: PlanState;
  /** Set when someone asked for the plan to be executed. */
  isWanted: boolean;
  readonly requests: Set<string>;
  waiters: readonly PlanWaiter[];
}

/**
 * One plan from its first revision to its end. Its state is the lifecycle, its signals are the decisions; it outlives the turn that
 * stored it, waits for weeks without costing anything, and applies an approved plan action by action.
 */
export async function plan(input: PlanInput, carried?: CarriedPlan): Promise<PlanState> {
  const { app, tenant, workspace, planId } = input;
  const ref: PlanRef = { app, tenant, workspace, planId };
  let current: OpenPlan | null = null;
  const inbox = new PlanInbox(() => current?.state ?? null);
  const state = carried?.state ?? (await decide.openPlanGate({ ref, at: now() }));
  const { isWanted = false, requests = [], waiters = [] } = carried ?? {};
  const open: OpenPlan = { ref, inbox, state, isWanted, requests: new Set(requests), waiters };
  current = open;
  if (carried !== undefined) await execute(open, input, carried.next);
  while (!isFinal(open.state.status)) {
    describe(open);
    await handle(open, await nextMessage(open));
    if (open.isWanted && isExecutable(open.state)) await execute(open, input, 0);
  }
  await refuseTheRest(open);
  return open.state;
}

/** Waits for a message or the gate's deadline, whichever is first; the deadline is judged on workflow time. */
async function nextMessage({ inbox, state }: OpenPlan): Promise<PlanMessage> {
  const deadline = state.gate?.deadline;
  const arrived = (): boolean => !inbox.isEmpty;
  if (deadline == null) await condition(arrived);
  else await condition(arrived, Math.max(Date.parse(deadline) - Date.now(), 1));
  return inbox.take() ?? { kind: "expire" };
}

async function handle(open: OpenPlan, message: PlanMessage): Promise<void> {
  switch (message.kind) {
    case "answer":
      message.reply?.(await answer(open, message.answer));
      return;
    case "expire":
      await answer(open, { decision: "expire" });
      return;
    case "revision":
      open.state = await decide.openPlanGate({ ref: open.ref, at: now() });
      return;
    case "execute":
      await want(open, message.request);
      return;
    case "cancel":
      await answer(open, { decision: "reject", by: "operator", note: "cancelled", channel: "cancel" });
  }
}

async function answer(open: OpenPlan, given: Parameters<PlanActivities["answerPlanGate"]>[0]["answer"]): Promise<AnswerResult> {
  const { ref, waiters } = open;
  const { state, result, settles } = await decide.answerPlanGate({ ref, answer: given, at: now(), waiters });
  open.state = state;
  if (settles) await settleWaiters(open);
  return result;
}

async function want(open: OpenPlan, request: Extract<PlanMessage, { kind: "execute" }>["request"]): Promise<void> {
  if (open.requests.has(request.requestId)) return;
  open.requests.add(request.requestId);
  open.isWanted = true;
  const { waiter } = request;
  if (waiter === undefined) return;
  open.waiters = [...open.waiters, waiter];
  if (!isExecutable(open.state)) await decide.announceGate({ ref: open.ref, waiter });
}

/** Applies the plan action by action. What was applied is in the ledger; this only says which action is next. */
async function execute(open: OpenPlan, input: PlanInput, from: number): Promise<void> {
  const begun = await decide.beginPlan({ ref: open.ref });
  open.state = begun.state;
  for (let index = from; index < begun.actions && open.state.status === "executing"; index++) {
    if (open.inbox.hasCancel || !(await applied(open, index))) break;
    if (workflowInfo().continueAsNewSuggested) await continuePlan(open, input, index + 1);
  }
  open.state = await decide.closePlan({ ref: open.ref, waiters: open.waiters, isCancelled: open.inbox.hasCancel });
  await settleWaiters(open);
}

/** An activity that fails for good leaves the action's intent in the ledger, where closing reads it as unknown. */
async function applied(open: OpenPlan, index: number): Promise<boolean> {
  describe(open, `applying action ${index + 1}`);
  try {
    const { state } = await dispatchAction.executeWithOptions({ summary: `action ${index}` }, [{ ref: open.ref, index, fence: open.state.fence }]);
    return state === "done";
  } catch (error) {
    log.warn("An action ended without an outcome.", { index, reason: failureInfo(error).message });
    return false;
  }
}

function continuePlan(open: OpenPlan, input: PlanInput, next: number): Promise<never> {
  const { state, isWanted, requests, waiters } = open;
  return continueAsNew<typeof plan>(input, { state, isWanted, requests: [...requests], waiters, next });
}

/** A turn that is gone does not need to hear. */
async function settleWaiters(open: OpenPlan): Promise<void> {
  const { waiters } = open;
  open.waiters = [];
  open.isWanted = false;
  for (const waiter of waiters) {
    const handle = getExternalWorkflowHandle(waiter.workflowId);
    await handle.signal(planSettledSignal, { callId: waiter.callId }).catch((error: unknown) => {
      log.info("A waiting turn is gone.", { workflowId: waiter.workflowId, reason: String(error) });
    });
  }
}

/** Answers that came too late are recorded as refused, and those who wait for a word get it. */
async function refuseTheRest(open: OpenPlan): Promise<void> {
  for (let message = open.inbox.take(); message !== undefined; message = open.inbox.take()) {
    if (message.kind === "answer") await handle(open, message);
    if (message.kind === "execute") await want(open, message.request);
  }
  await settleWaiters(open);
  await condition(allHandlersFinished);
}

function isExecutable({ status, gate }: PlanState): boolean {
  return status === "approved" || (status === "draft" && gate === null);
}

function isFinal(status: PlanStatus): boolean {
  return status === "executed" || status === "failed" || status === "rejected" || status === "expired";
}

function describe({ state, ref }: OpenPlan, doing = "waiting"): void {
  const head = `Plan **${ref.planId}**, revision ${state.revision}: ${state.status}, ${doing}.`;
  setCurrentDetails(state.gate === null ? head : `${head}\n\n${gateText(state.gate, workflowInfo().workflowId)}`);
}

function now(): string {
  return new Date().toISOString();
}
