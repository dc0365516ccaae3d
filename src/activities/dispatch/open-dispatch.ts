import { hydrate } from "../../dispatch/hydrate.ts";
import { undoDispatcher } from "../../dispatch/undo-dispatcher.ts";
import { followsDoubt } from "../../engine/action-ledger.ts";
import { StateError } from "../../protocol/errors.ts";
import type { ActionRecord } from "../../protocol/plan.ts";
import type { ActionSlot, DispatchContext, HydratedAction } from "../../specs/dispatchers/dispatch-context.ts";
import type { Dispatcher } from "../../specs/dispatchers/dispatcher.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { PlanPlace } from "../plans/find-plan.ts";
import { undoneActions } from "../plans/undone-actions.ts";

/** Actions of one call, on their way to the target. */
export interface OpenDispatch {
  readonly place: PlanPlace;
  readonly dispatcher: Dispatcher;
  /** The ledger's lines of the actions, in their order. */
  readonly lines: readonly ActionRecord[];
  readonly actions: readonly HydratedAction[];
  readonly context: Omit<DispatchContext, "signal">;
}

/** What a call is made of. */
export interface DispatchParts {
  readonly plan: PlanRecord;
  readonly lines: readonly ActionRecord[];
  readonly runId: string | null;
  /** The key of the call as a whole. */
  readonly idempotencyKey: string;
}

/** Finds the dispatcher, reads the values behind the references of the actions, and makes the context of their call. */
export async function openDispatch(place: PlanPlace, parts: DispatchParts): Promise<OpenDispatch> {
  const { binding, store, planId } = place;
  const { plan, lines, runId, idempotencyKey } = parts;
  const [current, decisions] = await Promise.all([store.plans.current(planId), store.plans.decisions(planId)]);
  const undone = await undoneActions(place, current);
  const dispatcher =
    undone === null || binding.dispatcher === null
      ? binding.dispatcher
      : undoDispatcher(binding.dispatcher, undone.appliedAt);
  const actions = lines.flatMap(({ index }) => {
    const action = current?.body.actions[index];
    return action === undefined ? [] : [{ ...action, index }];
  });
  const isServed = dispatcher !== null && (dispatcher.plan === null || dispatcher.plan === plan.spec);
  if (!isServed || actions.length < lines.length) throw noDispatcher(binding.app, plan.spec);
  const approvals = decisions.filter(
    ({ decision, refused, contentHash }) =>
      refused === null && contentHash === plan.planHash && (decision === "approve" || decision === "edit"),
  );
  const context = {
    tenant: binding.tenant,
    workspace: binding.workspace,
    planId,
    planHash: plan.planHash,
    revision: plan.revision,
    runId,
    resolvedRefs: await hydrate(
      store.references,
      actions.flatMap(({ references }) => references),
    ),
    services: binding.services,
    idempotencyKey,
    fence: plan.fence,
    attempt: Math.max(...lines.map(({ attempts }) => attempts)) + 1,
    approvedBy: [...new Set(approvals.map(({ by }) => by))],
    action: (position: number) => slotOf(lines, position),
    applied: async () => undefined,
  };
  return { place, dispatcher, lines, actions, context };
}

function slotOf(lines: readonly ActionRecord[], position: number): ActionSlot {
  const line = lines[position];
  if (line === undefined) throw new RangeError(`ctx.action(${position}): this call has ${lines.length} actions.`);
  return { index: line.index, idempotencyKey: line.idempotencyKey, isInDoubt: followsDoubt(line) };
}

function noDispatcher(app: string, spec: string): StateError {
  return new StateError("SPEC_MISSING", `The worker of app "${app}" has no action dispatcher for the plan "${spec}".`, {
    retryable: true,
    hint: "Start a worker with the build that began this plan.",
  });
}
