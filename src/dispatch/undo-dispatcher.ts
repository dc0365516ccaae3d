import { InputError } from "../protocol/errors.ts";
import type { HydratedAction } from "../specs/dispatchers/dispatch-context.ts";
import type { AppliedAction } from "../specs/dispatchers/dispatch-context.ts";
import type { Dispatcher } from "../specs/dispatchers/dispatcher.ts";

/**
 * The same target, taking actions back instead of applying them, one per call. It has no probe: a probe tells whether an action took
 * effect, which says nothing about whether it was taken back.
 */
export function undoDispatcher(dispatcher: Dispatcher, appliedAt: (index: number) => AppliedAction): Dispatcher {
  const { preview: _, probe: __, compensate, ...rest } = dispatcher;
  return {
    ...rest,
    mode: "perAction",
    async apply([action], context) {
      if (action === undefined || compensate === undefined || !canUndo(dispatcher, action)) throw cannotUndo(action);
      return compensate(action, { ...context, undoes: appliedAt(action.index) });
    },
  };
}

function canUndo({ undoableKinds }: Dispatcher, { kind }: HydratedAction): boolean {
  return undoableKinds.includes(kind);
}

function cannotUndo(action: HydratedAction | undefined): InputError {
  return new InputError("COMPENSATE_MISSING", `The dispatcher cannot take back an action "${action?.kind ?? ""}".`);
}
