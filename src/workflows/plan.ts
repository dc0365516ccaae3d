import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
} from "@temporalio/workflow";
import type { CarriedPlan, PlanActivities, PlanInput, PlanRef, PlanState } from "../protocol/plan-flow.ts";
import type { PlanStatus } from "../protocol/plan.ts";
import { failureInfo, turnFailure } from "./end-turn.ts";
import { type ExecutionHooks, executePlan } from "./execute-plan.ts";
import { describePlan, now, type OpenPlan } from "./open-plan.ts";
import { PlanInbox, type PlanMessage } from "./plan-inbox.ts";
import { settleWaiters } from "./plan-waiters.ts";
import { DECISION_POLICY } from "./policies.ts";

const activities = proxyActivities<PlanActivities>(DECISION_POLICY);

type Message<Kind extends PlanMessage["kind"]> = Extract<PlanMessage, { readonly kind: Kind }>;

/**
 * One plan from its first revision to its end. Its state is the lifecycle, its signals are the decisions; it outlives the turn that
 * stored it, waits for weeks without costing anything, and applies an approved plan action by action.
 */
export async function plan(input: PlanInput, carried?: CarriedPlan): Promise<PlanState> {
  const ref = checkedRef(input);
  let current: OpenPlan | null = null;
  const inbox = new PlanInbox(() => current?.state ?? null);
  const state = carried?.state ?? (await firstState(ref));
  const { isWanted = false, requests = [], waiters = [] } = carried ?? {};
  const open: OpenPlan = {
    ref,
    inbox,
    state,
    isWanted,
    requests: new Set(requests),
    waiters,
    sequence: 0,
    expired: null,
  };
  current = open;
  if (carried !== undefined) await executePlan(open, carried.next, hooks(open, input));
  while (!isFinal(open.state.status)) {
    describePlan(open);
    await handle(open, await nextMessage(open));
    if (open.isWanted && open.state.status === "approved") {
      await executePlan(open, 0, hooks(open, input));
    }
  }
  await refuseTheRest(open);
  return open.state;
}

/** A person may have started it by hand; an ordinary error here would be retried for ever. */
function checkedRef(input: unknown): PlanRef {
  const field = (key: keyof PlanRef): string => {
    const value: unknown = typeof input === "object" && input !== null ? Reflect.get(input, key) : undefined;
    if (typeof value === "string" && value !== "") return value;
    throw turnFailure({
      code: "INPUT_INVALID",
      message: `plan was started with a wrong input: \`${key}\` must be text.`,
    });
  };
  return { app: field("app"), tenant: field("tenant"), workspace: field("workspace"), planId: field("planId") };
}

async function firstState(ref: PlanRef): Promise<PlanState> {
  try {
    return await activities.openPlanGate({ ref, at: now(), reason: "stored", waiters: [] });
  } catch (error) {
    throw isCancellation(error) ? error : turnFailure(failureInfo(error));
  }
}

/** Waits for a message or the gate's deadline, whichever is first; the deadline is judged on workflow time. */
async function nextMessage(open: OpenPlan): Promise<PlanMessage> {
  const { inbox, state } = open;
  const { gate } = state;
  const deadline =
    gate === null || gate.deadline === null || open.expired === gate.id ? null : Date.parse(gate.deadline);
  const arrived = (): boolean => !inbox.isEmpty;
  try {
    while (inbox.isEmpty) {
      if (deadline === null) await condition(arrived);
      else if (Date.now() < deadline) await condition(arrived, Math.min(deadline - Date.now(), LONGEST_TIMER_MS));
      else return { kind: "expire" };
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    inbox.cancel("operator", "cancelled");
  }
  return inbox.take() ?? { kind: "expire" };
}

/** What cannot be done is said and forgotten: a plan that waits must not die of a message. */
async function handle(open: OpenPlan, message: PlanMessage): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() => act(open, message));
  } catch (error) {
    const { message: reason } = failureInfo(error);
    log.warn("A message to a plan could not be handled.", { kind: message.kind, reason });
    if (message.kind === "answer") message.reply?.({ kind: "refused", code: "closed", message: reason });
    if (message.kind === "execute") await settleWaiters(open);
  }
}

async function act(open: OpenPlan, message: PlanMessage): Promise<void> {
  switch (message.kind) {
    case "answer":
      await answer(open, message);
      return;
    case "expire":
      open.expired = open.state.gate?.id ?? null; // asked once: a refused expiry must not come back at once
      await answer(open, { answer: { decision: "expire" } });
      return;
    case "revision":
      await revised(open, message);
      return;
    case "execute":
      await want(open, message);
      return;
    case "forget":
      forget(open, message);
      return;
    case "cancel":
      await withdraw(open, message);
  }
}

async function answer(open: OpenPlan, { answer: given, reply }: Omit<Message<"answer">, "kind">): Promise<void> {
  const { ref, waiters } = open;
  open.sequence += 1;
  const input = { ref, answer: given, at: now(), sequence: open.sequence, waiters };
  const { state, result, settles } = await activities.answerPlanGate(input);
  open.state = state;
  reply?.(result);
  if (settles) await settleWaiters(open);
}

async function revised(open: OpenPlan, { planHash }: Message<"revision">): Promise<void> {
  const { ref, state, waiters } = open;
  if (state.gate !== null && state.gate.contentHash === planHash) return;
  open.state = await activities.openPlanGate({ ref, at: now(), reason: "stored", waiters });
  if (open.isWanted && open.state.gate === null) await openForExecution(open);
}

async function want(open: OpenPlan, { request }: Message<"execute">): Promise<void> {
  const { requestId, waiter } = request;
  if (requestId !== "" && open.requests.has(requestId)) return;
  open.requests.add(requestId);
  open.isWanted = true;
  if (waiter !== undefined) open.waiters = [...open.waiters, waiter];
  if (open.state.status !== "draft") return;
  if (open.state.gate === null) await openForExecution(open);
  else if (waiter !== undefined) await activities.announceGate({ ref: open.ref, waiter });
}

/** Where nobody has to be asked, the policy approves. A revision that was sent back waits for its planner, and nobody waits for it. */
async function openForExecution(open: OpenPlan): Promise<void> {
  const { ref, waiters } = open;
  open.state = await activities.openPlanGate({ ref, at: now(), reason: "execute", waiters });
  if (open.state.status === "draft" && open.state.gate === null) await settleWaiters(open);
}

/** A turn that was cancelled no longer wants what it asked for; others may. */
function forget(open: OpenPlan, { requestId }: Message<"forget">): void {
  const before = open.waiters.length;
  open.waiters = open.waiters.filter(({ turn, callId }) => `${turn}:${callId}` !== requestId);
  if (open.waiters.length < before && open.waiters.length === 0) open.isWanted = false;
}

async function withdraw(open: OpenPlan, { by, note }: Message<"cancel">): Promise<void> {
  const { ref, waiters } = open;
  open.sequence += 1;
  open.state = await activities.withdrawPlan({ ref, at: now(), sequence: open.sequence, by, note, waiters });
}

/** While actions are applied, those who answer late hear so at once, and those who ask join the waiting. */
async function answerBeside(open: OpenPlan): Promise<void> {
  for (let message = open.inbox.takeBesideCancel(); message !== undefined; message = open.inbox.takeBesideCancel()) {
    if (message.kind !== "revision") await handle(open, message);
  }
}

function hooks(open: OpenPlan, input: PlanInput): ExecutionHooks {
  return {
    between: () => answerBeside(open),
    continueAt: (next) => {
      const { state, isWanted, requests, waiters } = open;
      return continueAsNew<typeof plan>(input, { state, isWanted, requests: [...requests], waiters, next });
    },
  };
}

/** Answers that came too late are recorded as refused, and those who wait for a word get it. */
async function refuseTheRest(open: OpenPlan): Promise<void> {
  for (let message = open.inbox.take(); message !== undefined; message = open.inbox.take()) {
    if (message.kind === "answer" || message.kind === "execute") await handle(open, message);
  }
  await CancellationScope.nonCancellable(() => settleWaiters(open));
  await condition(allHandlersFinished);
}

/** Timers longer than this are begun again. */
const LONGEST_TIMER_MS = 30 * 24 * 60 * 60 * 1000;

function isFinal(status: PlanStatus): boolean {
  return status === "executed" || status === "failed" || status === "rejected" || status === "expired";
}
