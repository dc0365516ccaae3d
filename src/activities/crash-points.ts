/** Every place where a test may kill the worker, in the order a turn passes them. */
export const CRASH_POINTS = [
  "callModel.before",
  "step.claimed",
  "step.begun",
  "model.delta",
  "model.response.received",
  "transcript.appended",
  "callModel.after",
  "runTool.before",
  "tool.called",
  "tool.returned",
  "result.stored",
  "runTool.after",
  "gate.opened",
  "decision.recorded",
  "preflight.done",
  "intent.written",
  "effect.returned",
  "ledger.done",
  "plan.closed",
  "endTurn.before",
  "turn.ended",
  "endTurn.after",
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Passing a point does nothing unless it is the armed one for the n-th time. */
export interface CrashPoints {
  pass(point: CrashPoint): void;
}

/** Reads `name:n`; nothing is armed without it. Dying is `die`'s business, so that only a composition root can. */
export function armCrashPoints(
  armed: { readonly point: CrashPoint; readonly passage: number } | null,
  die: () => void,
): CrashPoints {
  let passages = 0;
  return {
    pass(point) {
      if (armed?.point !== point) return;
      passages += 1;
      if (passages === armed.passage) die();
    },
  };
}
