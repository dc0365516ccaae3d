import { Context } from "@temporalio/activity";
import type { ActivityHost } from "./host.ts";

/**
 * Aborted when nobody waits for this attempt any more: its worker stops, its time is up, or its workflow is gone. Not when the plan is
 * cancelled: the action in flight comes to its end, so that it is known.
 */
export function callSignal({ graceOver }: Pick<ActivityHost, "graceOver">): AbortSignal {
  const context = Context.current(); // an abort comes from outside of it
  const { cancellationSignal } = context;
  const controller = new AbortController();
  const look = (): void => {
    if (context.cancellationDetails?.cancelRequested !== true) controller.abort(cancellationSignal.reason);
  };
  if (cancellationSignal.aborted) look();
  else cancellationSignal.addEventListener("abort", look, { once: true });
  return AbortSignal.any([controller.signal, graceOver]);
}

/** Whether the plan was cancelled while this attempt ran. */
export function wasAskedToCancel(): boolean {
  return Context.current().cancellationDetails?.cancelRequested === true;
}
