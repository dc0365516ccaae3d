import type { DispatchContext, HydratedAction } from "../specs/dispatchers/dispatch-context.ts";
import { checkDispatchResult, type DispatchResult } from "../specs/dispatchers/dispatch-result.ts";
import type { Dispatcher } from "../specs/dispatchers/dispatcher.ts";

/** What came of one call: it answered, it threw, or nobody knows. */
export type CallEnd =
  | { readonly kind: "result"; readonly result: DispatchResult }
  | { readonly kind: "wrong-result"; readonly message: string }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "late" };

/** One call of a dispatcher; the context gets its signal here. */
export interface DispatchCall {
  readonly dispatcher: Dispatcher;
  readonly actions: readonly HydratedAction[];
  readonly context: Omit<DispatchContext, "signal">;
  /** Aborted when nobody waits for the call any more. */
  readonly signal: AbortSignal;
  /** When the call must be over. A worker that was suspended before it got here must not begin. */
  readonly until: number;
}

/** Applies actions within the dispatcher's time. A handler cannot be stopped, so a late one is told and no longer waited for. */
export async function callDispatcher(call: DispatchCall): Promise<CallEnd> {
  const { dispatcher, actions, context, until } = call;
  if (Date.now() >= until) return { kind: "late" };
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new Error("out of time")), until - Date.now());
  const signal = AbortSignal.any([call.signal, timeout.signal]);
  const late = new Promise<CallEnd>((resolve) => {
    signal.addEventListener("abort", () => resolve({ kind: "late" }), { once: true });
  });
  try {
    return await Promise.race([apply(dispatcher, actions, { ...context, signal }), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function apply(
  dispatcher: Dispatcher,
  actions: readonly HydratedAction[],
  context: DispatchContext,
): Promise<CallEnd> {
  try {
    const checked = checkDispatchResult(await dispatcher.apply(actions, context));
    return checked.ok ? { kind: "result", result: checked.result } : { kind: "wrong-result", message: checked.message };
  } catch (error) {
    return { kind: "threw", error };
  }
}
