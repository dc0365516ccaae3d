import {
  CancellationScope,
  condition,
  isCancellation,
  log,
  proxyActivities,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import { isFinalStatus } from "../engine/stands-still.ts";
import type { ErrorInfo } from "../protocol/errors.ts";
import { PLAN_CLOSE_ATTEMPTS } from "../protocol/limits/plan.ts";
import type { BegunPlan, DispatchOutcome, PlanActivities, PlanStop } from "../protocol/plan-flow.ts";
import { failureInfo } from "./end-turn.ts";
import { describePlan, type OpenPlan, waitersOf } from "./open-plan.ts";
import { settleWaiters } from "./plan-waiters.ts";
import { DECISION_POLICY, dispatchPolicy, endPolicy, PREFLIGHT_POLICY } from "./policies.ts";

const { beginPlan } = proxyActivities<PlanActivities>(PREFLIGHT_POLICY);
const { closePlan } = proxyActivities<PlanActivities>(DECISION_POLICY);
const { dispatchAction, dispatchActions } = proxyActivities<PlanActivities>(dispatchPolicy(undefined));

/** What the plan's workflow does while its actions are applied. */
export interface ExecutionHooks {
  /** Answers what arrived, before every action and while one is applied. */
  answerBeside(): Promise<void>;
  /** Goes on in a fresh history; returns when the plan was cancelled meanwhile. */
  continueFresh(): Promise<void>;
}

/** Applies the plan action by action. What was applied, and so which action is next, is in the ledger. */
export async function executePlan(open: OpenPlan, hooks: ExecutionHooks): Promise<void> {
  const begun = open.stop === null ? await begin(open) : { failure: null };
  const isBegun = "state" in begun;
  const failure = isBegun ? await apply(open, begun, hooks) : begun.failure;
  if (!isBegun || open.state.status === "executing") await close(open, isBegun ? begun : {}, failure);
  open.goesOn = false;
  if (isFinalStatus(open.state.status)) open.stop = null;
  // A cancel that came before anything was begun is judged first; it may be meant for other content.
  if (open.state.status !== "approved" || open.inbox.firstCancel === null) await settleWaiters(open);
}

/** Nothing is begun: closing finds out how the plan stands, and ends one that stands at executing. */
interface NotBegun {
  /** Null when somebody cancelled meanwhile. */
  readonly failure: ErrorInfo | null;
}

/** What is wrong with the plan fails it; this fails where that could not be found out or recorded. A cancel does not wait for it. */
async function begin(open: OpenPlan): Promise<BegunPlan | NotBegun> {
  try {
    const begun = await untilStopped(open, () => beginPlan({ ref: open.ref, waiters: waitersOf(open) }));
    open.state = begun.state;
    return begun;
  } catch (error) {
    if (isCancellation(error)) return { failure: null };
    const failure = failureInfo(error);
    log.warn("A plan could not be begun.", { reason: failure.message });
    return { failure };
  }
}

/** Null when every action that was begun came to an end of its own; what became of each is in the ledger. */
async function apply(open: OpenPlan, begun: BegunPlan, hooks: ExecutionHooks): Promise<ErrorInfo | null> {
  if (!begun.isBatch) return applyEach(open, begun, hooks);
  return begun.next < begun.actions && !isStopped(open) ? applyTogether(open, begun, hooks) : null;
}

async function applyEach(open: OpenPlan, begun: BegunPlan, hooks: ExecutionHooks): Promise<ErrorInfo | null> {
  const { next, actions } = begun;
  for (let index = next; index < actions && open.state.status === "executing"; index++) {
    await hooks.answerBeside();
    if (isStopped(open)) return null;
    const { isDone, failure } = await applied(open, index, { ...begun, hooks });
    if (!isDone) return failure;
    if (workflowInfo().continueAsNewSuggested && index + 1 < actions && !isStopped(open)) await hooks.continueFresh();
  }
  return null;
}

/** All actions in one durable step. */
async function applyTogether(
  open: OpenPlan,
  { heartbeatMs }: BegunPlan,
  hooks: ExecutionHooks,
): Promise<ErrorInfo | null> {
  describePlan(open, "applying all actions in one call");
  const input = { ref: open.ref, runId: waitersOf(open)[0]?.runId ?? null };
  try {
    const dispatch = (): Promise<unknown> => dispatchActions.executeWithOptions(dispatchPolicy(heartbeatMs), [input]);
    await answering(open, hooks, () => untilStopped(open, dispatch));
    return null;
  } catch (error) {
    const failure = failureInfo(error);
    log.warn("A batch of actions ended without an outcome.", { reason: failure.message });
    return failure;
  }
}

function isStopped(open: OpenPlan): boolean {
  return stopOf(open) !== null;
}

/** The first word that the plan shall stop counts; null while nobody said so. */
function stopOf({ inbox, stop }: OpenPlan): PlanStop | null {
  return stop ?? inbox.firstCancel;
}

interface Applying {
  readonly heartbeatMs?: number | undefined;
  readonly hooks: ExecutionHooks;
}

interface Applied {
  readonly isDone: boolean;
  /** Why the action came to no end of its own. */
  readonly failure: ErrorInfo | null;
}

/** An activity that fails for good leaves the action as it was in the ledger, where closing reads it. */
async function applied(open: OpenPlan, index: number, { heartbeatMs, hooks }: Applying): Promise<Applied> {
  describePlan(open, `applying action ${index}`);
  const runId = waitersOf(open)[0]?.runId ?? null;
  const options = { ...dispatchPolicy(heartbeatMs), summary: `action ${index}` };
  const input = { ref: open.ref, index, runId };
  try {
    const dispatch = (): Promise<DispatchOutcome> => dispatchAction.executeWithOptions(options, [input]);
    const { state } = await answering(open, hooks, () => untilStopped(open, dispatch));
    return { isDone: state === "done", failure: null };
  } catch (error) {
    const failure = failureInfo(error);
    log.warn("An action ended without an outcome.", { index, reason: failure.message });
    return { isDone: false, failure };
  }
}

/** A call may take half an hour, and who answers meanwhile hears at once that it is too late. */
async function answering<Result>(
  { inbox }: OpenPlan,
  hooks: ExecutionHooks,
  work: () => Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const desk = async (): Promise<void> => {
    for (;;) {
      await condition(() => isOver || inbox.hasOther);
      if (isOver) return;
      await hooks.answerBeside();
    }
  };
  const beside = desk();
  try {
    return await work();
  } finally {
    isOver = true;
    await beside;
  }
}

/** A cancel lets the call in flight come to its end, and keeps an action whose target is away from being tried again. */
async function untilStopped<Result>(open: OpenPlan, work: () => Promise<Result>): Promise<Result> {
  const working = new CancellationScope();
  const watching = new CancellationScope();
  const watch = watching.run(async () => {
    await condition(() => isStopped(open));
    working.cancel();
  });
  watch.catch(() => undefined); // the work was over first
  try {
    return await working.run(work);
  } finally {
    watching.cancel();
  }
}

/** A plan that cannot be closed stands at executing, and the next one who asks for it has it closed; a cancel of it is kept. */
async function close(
  open: OpenPlan,
  { heartbeatMs }: Pick<BegunPlan, "heartbeatMs">,
  failure: ErrorInfo | null,
): Promise<void> {
  const why = failure === null ? {} : { failure };
  for (let attempt = 1; ; attempt++) {
    try {
      const stop = stopOf(open);
      const who = stop === null ? {} : { stop: { by: stop.by, note: stop.note, channel: stop.channel, at: stop.at } };
      const input = { ref: open.ref, waiters: waitersOf(open), isCancelled: stop !== null, ...who, ...why };
      open.state = await closePlan.executeWithOptions(endPolicy(heartbeatMs), [input]);
      return;
    } catch (error) {
      log.warn("A plan could not be closed.", { attempt, reason: failureInfo(error).message });
      if (attempt >= PLAN_CLOSE_ATTEMPTS) return;
      await sleep(CLOSE_AGAIN_MS * 2 ** (attempt - 1));
    }
  }
}

const CLOSE_AGAIN_MS = 1_000;
