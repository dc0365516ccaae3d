import { InputError } from "../protocol/errors.ts";
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
    context.signal.throwIfAborted();
    const outcome = await callHook(handlers[position], { action, position, context });
    const checked = checkDispatchResult(outcome);
    if (!checked.ok)
      throw new InputError("DISPATCH_RESULT_INVALID", `actions[${action.index}] (${action.kind}): ${checked.message}`);
    results.push({ index: action.index, ...checked.result });
  }
  return summed(results);
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
