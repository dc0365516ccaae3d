import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  workflowInfo,
} from "@temporalio/workflow";
import { isFinalStatus } from "../engine/stands-still.ts";
import { PLAN_REQUESTS } from "../protocol/limits/plan.ts";
import type { CarriedPlan, PlanActivities, PlanInput, PlanRef, PlanState } from "../protocol/plan-flow.ts";
import { failureInfo, turnFailure } from "./end-turn.ts";
import { type ExecutionHooks, executePlan } from "./execute-plan.ts";
import { describePlan, now, type OpenPlan, openPlan, waitersOf } from "./open-plan.ts";
import { PlanInbox, type PlanMessage } from "./plan-inbox.ts";
import { settleRequest, settleWaiters } from "./plan-waiters.ts";
import { DECISION_POLICY, LONGEST_TIMER_MS } from "./policies.ts";

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
  // A cancellation of the workflow is a message like any other: it must neither cut an action nor come again at every wait.
  void CancellationScope.current().cancelRequested.catch(() => inbox.cancel());
  return CancellationScope.nonCancellable(async () => {
    const open = openPlan(ref, inbox, carried ?? (await firstState(ref, inbox)));
    current = open;
    open.goesOn = carried?.state.status === "executing";
    await live(open, input);
    return open.state;
  });
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

/** Without a state there is no plan to wait for, and those who asked already hear so. */
async function firstState(ref: PlanRef, inbox: PlanInbox): Promise<CarriedPlan> {
  const first = { requests: [], sequence: 0, expireAfter: 0 };
  try {
    return { ...first, state: await activities.openPlanGate({ ref, at: now(), reason: "stored", waiters: [] }) };
  } catch (error) {
    const nothing = { status: "draft", revision: 0, planHash: "", gate: null, fence: 0 } as const;
    const open = openPlan(ref, inbox, { ...first, state: nothing });
    for (let message = inbox.take(); message !== undefined; message = inbox.take()) {
      if (message.kind === "execute") await settleRequest(open, message.request);
    }
    throw turnFailure(failureInfo(error));
  }
}

async function live(open: OpenPlan, input: PlanInput): Promise<void> {
  const hooks: ExecutionHooks = {
    answerBeside: () => answerBeside(open),
    continueFresh: () => continueFresh(open, input),
  };
  for (;;) {
    if (open.stop !== null && open.state.status !== "executing") await handle(open, { kind: "cancel", ...open.stop });
    if (isToExecute(open)) await executePlan(open, hooks);
    if (isFinalStatus(open.state.status)) break;
    describePlan(open);
    if (workflowInfo().continueAsNewSuggested && open.inbox.isEmpty) await continueFresh(open, input);
    else await handle(open, await nextMessage(open));
  }
  await refuseTheRest(open);
}

/**
 * A plan that stands at executing lost its workflow, or could not be closed: whoever asks next has it finished. An approved one is not
 * begun while a cancel waits.
 */
function isToExecute({ state, requests, goesOn, stop, inbox }: OpenPlan): boolean {
  if (state.status === "approved") return requests.length > 0 && stop === null && inbox.firstCancel === null;
  return state.status === "executing" && (requests.length > 0 || goesOn || stop !== null);
}

/** Waits for a message or the gate's deadline, whichever is first; the deadline is judged on workflow time. */
async function nextMessage({ inbox, state, expireAfter, stop }: OpenPlan): Promise<PlanMessage> {
  if (stop !== null) {
    await condition(() => !inbox.isEmpty, STOP_AGAIN_MS);
    return inbox.take() ?? { kind: "again" };
  }
  const end = state.gate?.deadline ?? null;
  const deadline = end === null ? null : Math.max(Date.parse(end), expireAfter);
  const arrived = (): boolean => !inbox.isEmpty;
  while (inbox.isEmpty) {
    if (deadline === null) await condition(arrived);
    else if (Date.now() < deadline) await condition(arrived, Math.min(deadline - Date.now(), LONGEST_TIMER_MS));
    else return { kind: "expire" };
  }
  return inbox.take() ?? { kind: "expire" };
}

/** What cannot be done is said and forgotten: a plan that waits must not die of a message. */
async function handle(open: OpenPlan, message: PlanMessage): Promise<void> {
  try {
    await act(open, message);
  } catch (error) {
    const { message: reason } = failureInfo(error);
    log.warn("A message to a plan could not be handled.", { kind: message.kind, reason });
    if (message.kind === "answer") message.reply?.({ kind: "refused", code: "closed", message: reason });
    if (message.kind === "execute") await settleRequest(open, message.request);
  }
}

async function act(open: OpenPlan, message: PlanMessage): Promise<void> {
  switch (message.kind) {
    case "answer":
      await answer(open, message);
      return;
    case "expire":
      open.expireAfter = Date.now() + EXPIRE_AGAIN_MS; // what could not be recorded must not come back at once
      await answer(open, { answer: { decision: "expire" } });
      return;
    case "revision":
      await revised(open, message);
      return;
    case "execute":
      await want(open, message);
      return;
    case "forget":
      open.requests = open.requests.filter(({ requestId }) => requestId !== message.requestId);
      return;
    case "cancel":
      await withdraw(open, message);
      return;
    case "again":
      return; // the main loop sees to it
  }
}

async function answer(open: OpenPlan, { answer: given, reply }: Omit<Message<"answer">, "kind">): Promise<void> {
  open.sequence += 1;
  const input = { ref: open.ref, answer: given, at: now(), sequence: open.sequence, waiters: waitersOf(open) };
  const { state, result, settles } = await activities.answerPlanGate(input);
  open.state = state;
  const isApproved = result.kind === "counted" && result.status === "approved";
  reply?.(isApproved ? { ...result, isExecutionAsked: open.requests.length > 0 } : result);
  if (settles) await settleWaiters(open);
}

async function revised(open: OpenPlan, { planHash }: Message<"revision">): Promise<void> {
  const { ref, state } = open;
  if (state.status !== "draft" || (state.gate !== null && state.gate.contentHash === planHash)) return;
  open.state = await activities.openPlanGate({ ref, at: now(), reason: "stored", waiters: waitersOf(open) });
  if (open.requests.length > 0 && open.state.gate === null) await openForExecution(open);
}

/**
 * The same request twice is one while nobody answered it. Whoever asks about a draft has the store looked at: a workflow that was reset
 * may have forgotten that it was approved.
 */
async function want(open: OpenPlan, { request }: Message<"execute">): Promise<void> {
  const isKnown = open.requests.some(({ requestId }) => requestId === request.requestId);
  if (!isKnown && open.requests.length >= PLAN_REQUESTS) {
    log.warn("Too many wait for this plan; a request was ignored.", { requestId: request.requestId });
    return;
  }
  if (!isKnown) open.requests = [...open.requests, request];
  if (open.state.status === "draft") await openForExecution(open);
}

/** Tells those who wait of a gate that is open. Where nobody has to be asked, the policy approves. A revision that was sent back waits for its planner, and nobody waits for it. */
async function openForExecution(open: OpenPlan): Promise<void> {
  open.state = await activities.openPlanGate({
    ref: open.ref,
    at: now(),
    reason: "execute",
    waiters: waitersOf(open),
  });
  if (open.state.status === "draft" && open.state.gate === null) await settleWaiters(open);
}

/**
 * A plan of which nothing was applied is closed; one that stands at executing is not gone on with. The first cancel is kept until it is
 * recorded, and nothing is begun meanwhile.
 */
async function withdraw(open: OpenPlan, { by, note, channel, at, contentHash }: Message<"cancel">): Promise<void> {
  open.sequence += 1;
  const { ref, sequence } = open;
  const stop = { by, note, channel, at, contentHash };
  open.stop ??= stop;
  open.state = await activities.withdrawPlan({ ref, sequence, ...stop, waiters: waitersOf(open) });
  if (open.state.status !== "executing") open.stop = null;
}

/** While actions are applied, those who answer late hear so at once, and those who ask join the waiting. */
async function answerBeside(open: OpenPlan): Promise<void> {
  for (let message = open.inbox.takeBesideCancel(); message !== undefined; message = open.inbox.takeBesideCancel()) {
    await handle(open, message);
  }
}

/** Nothing that arrived stays behind in the old history. Returns only when a cancel came instead. */
async function continueFresh(open: OpenPlan, input: PlanInput): Promise<void> {
  do {
    await answerBeside(open);
    await condition(allHandlersFinished);
  } while (open.inbox.hasOther);
  if (open.inbox.firstCancel !== null || isFinalStatus(open.state.status)) return;
  const { state, requests, sequence, expireAfter, stop } = open;
  const asked = stop === null ? {} : { stop };
  await continueAsNew<typeof plan>(input, { state, requests, sequence, expireAfter, ...asked });
}

/** Answers that came too late are recorded as refused, and those who wait for a word get it. */
async function refuseTheRest(open: OpenPlan): Promise<void> {
  do {
    await answerBeside(open);
    await settleWaiters(open);
    // An answer that came while the waiting were told finishes only once it is looked at.
    await condition(() => open.inbox.hasOther || allHandlersFinished());
  } while (open.inbox.hasOther);
}

/** How long after a cancel that could not be recorded it is tried again. */
const STOP_AGAIN_MS = 60 * 1000;

/** How long after an expiry that could not be recorded it is tried again. */
const EXPIRE_AGAIN_MS = 60 * 1000;
