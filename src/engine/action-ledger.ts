import type { ActionRecord, ActionState } from "../protocol/plan.ts";
import type { DispatchGuarantee } from "../specs/dispatcher-options.ts";

/** An attempt of which nobody knows whether it took effect: the process died or the connection broke before an answer. */
export interface LostAttempt {
  readonly guarantee: DispatchGuarantee;
  /** When the action was first sent: its key is as old as that. */
  readonly startedAt: string | null;
  readonly now: string;
  /** How long the target remembers a key; null for ever. */
  readonly keyTtlMs: number | null;
  readonly hasProbe: boolean;
}

/** How a plan ended, by the indexes of its actions. */
export interface PlanOutcome {
  readonly status: "executed" | "failed";
  readonly applied: readonly number[];
  readonly failed: readonly number[];
  readonly notStarted: readonly number[];
  /** These may have taken effect or not; a person finds out. */
  readonly unknown: readonly number[];
  readonly entitiesAffected: number;
}

/** What to do about a lost attempt. Calling again is right only where a second call cannot be a second effect. */
export function afterLostAttempt(attempt: LostAttempt): "call-again" | "probe" | "unknown" {
  if (isRepeatable(attempt)) return "call-again";
  return attempt.hasProbe ? "probe" : "unknown";
}

/**
 * What came of a plan whose ledger is open and whose actions move no more. An intent that nobody followed up is in doubt, and a plan is
 * executed only when every action is done.
 */
export function planOutcome(actions: readonly ActionRecord[]): PlanOutcome {
  const inOrder = [...actions].sort((a, b) => a.index - b.index);
  const indexesOf = (...states: readonly ActionState[]): readonly number[] =>
    inOrder.filter(({ state }) => states.includes(state)).map(({ index }) => index);
  const done = inOrder.filter(({ state }) => state === "done");
  return {
    status: done.length === actions.length ? "executed" : "failed",
    applied: indexesOf("done"),
    failed: indexesOf("failed"),
    notStarted: indexesOf("pending", "skipped"),
    unknown: indexesOf("intent", "unknown"),
    entitiesAffected: done.reduce((sum, { entitiesAffected }) => sum + (entitiesAffected ?? 0), 0),
  };
}

/** What a person found out about an action in doubt. Only `unknown` can be settled: everything else is known or still moves. */
export function settleAction(
  state: ActionState,
  verdict: "done" | "failed",
): "done" | "failed" | { readonly refused: string } {
  if (state === "unknown") return verdict;
  return { refused: `The action is ${state}: only one whose outcome is unknown can be settled as ${verdict}.` };
}

function isRepeatable({ guarantee, startedAt, now, keyTtlMs }: LostAttempt): boolean {
  switch (guarantee) {
    case "natural":
      return true;
    case "keyed":
    case "transactional":
      return keyTtlMs === null || ageMs(startedAt, now) < keyTtlMs;
    case "none":
      return false;
  }
}

/** NaN for a start nobody knows, which is younger than nothing. */
function ageMs(startedAt: string | null, now: string): number {
  return startedAt === null ? Number.NaN : Date.parse(now) - Date.parse(startedAt);
}
