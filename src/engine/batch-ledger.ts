import type { ErrorCode } from "../protocol/errors.ts";
import type { ActionRecord, ActionState } from "../protocol/plan.ts";
import { afterTrouble, followsDoubt, notedCode, type TroubledAttempt } from "./action-ledger.ts";

/** A call of several actions that ended without a result for all of them. */
export interface TroubledBatch extends Omit<TroubledAttempt, "startedAt" | "followsDoubt"> {
  /** The lines that nothing was reported of, as they were before the call. */
  readonly lines: readonly ActionRecord[];
  /** Where it stopped, when actions are applied in order; null when only the dispatcher knows. */
  readonly stopped: { readonly index: number; readonly isStarted: boolean } | null;
}

/** What becomes of the lines. With `again` the call is made once more for those that are not final. */
export interface BatchVerdict {
  readonly again: boolean;
  readonly moves: readonly BatchMove[];
}

/** Where one line goes, and under which code the trouble is noted there. */
export interface BatchMove {
  readonly index: number;
  readonly to: ActionState;
  readonly code: ErrorCode;
}

/**
 * What to do about a batch in trouble. Where it is known which action came to a stop, those after it were not begun; where it is not,
 * each of them may have taken effect, unless all of them are one transaction.
 */
export function afterBatchTrouble(batch: TroubledBatch): BatchVerdict {
  const verdicts = batch.lines.map((line) => ({ line, verdict: verdictOf(batch, line) }));
  const again = verdicts.some(({ verdict }) => verdict === "again");
  return {
    again,
    moves: verdicts.map(({ line, verdict }) => ({
      index: line.index,
      to: verdict === "again" ? "intent" : verdict === "not-begun" ? beforeCall(line, again) : verdict,
      code: verdict === "not-begun" ? "ACTION_OUTCOME_UNKNOWN" : notedCode(troubleOf(batch, line)),
    })),
  };
}

function verdictOf(batch: TroubledBatch, line: ActionRecord): "again" | "failed" | "unknown" | "not-begun" {
  const { stopped } = batch;
  const isBegun = stopped === null || line.index < stopped.index || (line.index === stopped.index && stopped.isStarted);
  if (!isBegun) return "not-begun";
  // That nothing took effect is said of one action, and which one only the dispatcher knows.
  if (batch.trouble === "refused" && !isOwnWord(batch)) return "unknown";
  return afterTrouble({ ...batch, ...troubleOf(batch, line), startedAt: line.at ?? batch.now });
}

function troubleOf(batch: TroubledBatch, line: ActionRecord): Pick<TroubledAttempt, "trouble" | "followsDoubt"> {
  const isUnclear = batch.trouble === "unreachable" && !isOwnWord(batch);
  return { trouble: isUnclear ? "in-doubt" : batch.trouble, followsDoubt: followsDoubt(line) };
}

/** Whether the dispatcher's word holds for each of the lines. */
function isOwnWord({ stopped, guarantee }: TroubledBatch): boolean {
  return stopped !== null || guarantee === "transactional";
}

/** An action that this call did not come to stands as before it: in doubt when an earlier call may have applied it. */
function beforeCall(line: ActionRecord, again: boolean): ActionState {
  if (!followsDoubt(line)) return "pending";
  return again ? "intent" : "unknown";
}
