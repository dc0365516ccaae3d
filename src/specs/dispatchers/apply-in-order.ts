import { thrownMessage } from "../../lib/thrown-text.ts";
import { InputError } from "../../protocol/errors.ts";
import type { ActionContext, DispatchContext, HydratedAction } from "./dispatch-context.ts";
import { checkDispatchResult, type DispatchResult } from "./dispatch-result.ts";

/** Applies the actions of one call, one after the other. A single one gives its own outcome, several give their sum. */
export async function applyInOrder(
  actions: readonly HydratedAction[],
  context: DispatchContext,
  handlerOf: (action: HydratedAction) => ActionHook,
): Promise<unknown> {
  const [only, ...others] = actions;
  if (only !== undefined && others.length === 0)
    return callHook(handlerOf(only), { action: only, position: 0, context });
  const handlers = actions.map(handlerOf);
  const results: (DispatchResult & { readonly index: number })[] = [];
  for (const [position, action] of actions.entries()) {
    if (context.signal.aborted) throw new ActionStoppedError(action.index, false, context.signal.reason);
    const result = await applyOne(handlers[position], { action, position, context });
    results.push({ index: action.index, ...result });
    const outcome = { ...result, summary: result.summary ?? undefined };
    await context.applied(position, outcome).catch((error: unknown) => {
      throw new ActionStoppedError(actions[position + 1]?.index ?? action.index + 1, false, error);
    });
  }
  return summed(results);
}

async function applyOne(hook: ActionHook | undefined, call: ActionCall): Promise<DispatchResult> {
  const { index, kind } = call.action;
  const outcome = await callHook(hook, call).catch((error: unknown) => {
    throw new ActionStoppedError(index, true, error);
  });
  const checked = checkDispatchResult(outcome);
  if (checked.ok) return checked.result;
  const message = `actions[${index}] (${kind}): ${checked.message}`;
  throw new ActionStoppedError(index, true, new InputError("DISPATCH_RESULT_INVALID", message));
}

/** Says where actions that are applied in order came to a stop; the cause says why. */
export class ActionStoppedError extends Error {
  readonly index: number;
  /** Whether the action at `index` was begun; those after it were not. */
  readonly isStarted: boolean;

  constructor(index: number, isStarted: boolean, cause: unknown) {
    super(thrownMessage(cause), { cause });
    this.name = "ActionStoppedError";
    this.index = index;
    this.isStarted = isStarted;
  }
}

type ActionHook = (payload: unknown, context: ActionContext) => unknown;

/** One action of a call, by its place among the actions of that call. */
export interface ActionCall {
  readonly action: HydratedAction;
  readonly position: number;
  readonly context: DispatchContext;
}

/** Calls a hook for one action. What the context says about the call as a whole gives way to what holds for the action. */
export async function callHook(hook: ActionHook | undefined, call: ActionCall): Promise<unknown> {
  const { action, position, context } = call;
  const slot = context.action(position);
  return hook?.(action.payload, {
    ...context,
    idempotencyKey: slot.idempotencyKey,
    index: action.index,
    references: action.references,
    action: () => slot,
  });
}

function summed(results: readonly (DispatchResult & { readonly index: number })[]): unknown {
  const summaries = results.flatMap((result) => result.summary ?? []);
  return {
    entitiesAffected: results.reduce((total, result) => total + result.entitiesAffected, 0),
    ...(summaries.length === 0 ? {} : { summary: summaries.join("\n") }),
    details: { actions: results },
  };
}
