import type { ErrorCode } from "../protocol/errors.ts";
import type { ActionRecord, ActionState } from "../protocol/plan.ts";
import {
  CALL_MARGIN_MS,
  DISPATCH_DOUBT_MS,
  DISPATCH_FAULTY_ATTEMPTS,
  DISPATCH_SILENT_ATTEMPTS,
} from "../protocol/limits/dispatch.ts";
import type { DispatchGuarantee } from "../specs/dispatchers/dispatcher-options.ts";

/** An attempt of which nobody knows whether it took effect: the process died or the connection broke before an answer. */
export interface LostAttempt {
  readonly guarantee: DispatchGuarantee;
  /** When the action was first sent: its key is as old as that. */
  readonly startedAt: string | null;
  readonly now: string;
  /** How long the target remembers a key; null for ever. */
  readonly keyTtlMs: number | null;
  readonly hasProbe: boolean;
  /** How often the action was called by now. */
  readonly attempts: number;
  /** What the attempt is known to have come to; null when it vanished or its connection broke. */
  readonly fault: HandlerFault | null;
}

/** How a call ended by the handler's own doing, after which it may have taken effect all the same. */
export type HandlerFault = "threw" | "garbled";

/** What a probe said, and whether the call that it was asked about may still be going on. */
export interface ProbedAttempt extends Omit<LostAttempt, "hasProbe"> {
  readonly answer: "applied" | "notApplied" | "unknown" | "threw";
  /** When the target was last about to be called. */
  readonly calledAt: string | null;
  readonly timeoutMs: number;
}

/** What a call that gave no result was. */
export type CallTrouble =
  /** The dispatcher says that nothing took effect. */
  | "refused"
  /** It says that another attempt may help. */
  | "asks-again"
  /** The target was never reached. */
  | "unreachable"
  /** Its handler ended in an error that says nothing of the effect. */
  | "threw"
  /** It answered, and not in a way that says what it did. */
  | "garbled"
  /** The connection broke, or nobody answered in time: it may have taken effect. */
  | "in-doubt";

/** An attempt that ended without a result. */
export interface TroubledAttempt extends Omit<LostAttempt, "fault"> {
  readonly trouble: CallTrouble;
  /** Whether an earlier attempt may have taken effect. */
  readonly followsDoubt: boolean;
  /** Whether the plan was cancelled meanwhile. */
  readonly isCancelled: boolean;
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

/**
 * What to do about a lost attempt. Calling again is right only where a second call cannot be a second effect, and of little use where
 * the handler itself is wrong: one that answers what makes no sense is believed less than its probe, and neither is called for ever.
 */
export function afterLostAttempt(attempt: LostAttempt): "call-again" | "probe" | "unknown" {
  const { hasProbe, fault } = attempt;
  if (mayRepeat(attempt) && !(fault === "garbled" && hasProbe)) return "call-again";
  return hasProbe ? "probe" : "unknown";
}

/**
 * What a probe's answer means. That nothing was found says nothing while the call may still be going on, in a worker that was only
 * slow to be heard of.
 */
export function afterProbe(probed: ProbedAttempt): ProbeVerdict {
  const { answer, calledAt, timeoutMs, now } = probed;
  if (answer === "applied") return { kind: "done" };
  if (mayRepeat(probed)) return { kind: "repeat" };
  if (answer === "unknown") return { kind: "unknown" };
  const isOverMs = calledAt === null ? 0 : Date.parse(calledAt) + timeoutMs + CALL_MARGIN_MS - Date.parse(now);
  if (isOverMs > 0) return { kind: "ask-later", waitMs: Math.min(isOverMs, PROBE_INTERVAL_MS) };
  if (answer === "threw") return { kind: "unknown" };
  return { kind: isSpent(probed) ? "failed" : "call-again" };
}

/** What to do after asking a probe: `repeat` what may have taken effect, or `call-again` what has not. */
export type ProbeVerdict =
  | { readonly kind: "done" | "failed" | "repeat" | "call-again" | "unknown" }
  | { readonly kind: "ask-later"; readonly waitMs: number };

/** What to do about an attempt that ended without a result: another one, or which end the action comes to. */
export function afterTrouble(attempt: TroubledAttempt): "again" | "failed" | "unknown" {
  const { trouble, guarantee, isCancelled } = attempt;
  const isEffectless = trouble === "refused" || trouble === "unreachable";
  const otherwise = isEffectless && !(attempt.followsDoubt && guarantee !== "none") ? "failed" : "unknown";
  if (trouble === "refused" || isCancelled || isTooOld(attempt)) return otherwise;
  if (trouble === "unreachable") return isRepeatable(attempt) ? "again" : otherwise;
  return afterLostAttempt({ ...attempt, fault: isFault(trouble) ? trouble : null }) === "unknown" ? "unknown" : "again";
}

/** The code under which a trouble stands in the ledger until the next attempt, which tells by it what the one before came to. */
export function notedCode({ trouble, followsDoubt }: Pick<TroubledAttempt, "trouble" | "followsDoubt">): ErrorCode {
  if (trouble === "threw") return "ACTION_FAILED";
  if (trouble === "garbled") return "DISPATCH_RESULT_INVALID";
  return trouble === "unreachable" && !followsDoubt ? "ACTION_UNREACHED" : "ACTION_OUTCOME_UNKNOWN";
}

/** What the call before came to by the handler's own doing; null when it did not, or when nobody was told. */
export function faultOf({ error }: ActionRecord): HandlerFault | null {
  if (error?.code === "ACTION_FAILED") return "threw";
  return error?.code === "DISPATCH_RESULT_INVALID" ? "garbled" : null;
}

/** Whether an action is given up on, because attempt after attempt vanished without a word or because it is in doubt for too long. */
export function isGivenUp({ attempts, error, at }: ActionRecord, now: string): boolean {
  return (error === null && attempts >= DISPATCH_SILENT_ATTEMPTS) || isTooOld({ startedAt: at, now });
}

/** Whether an attempt before may have taken effect: only one that never reached the target, and follows no doubt, leaves none. */
export function followsDoubt({ state, error }: ActionRecord): boolean {
  return state === "intent" && error?.code !== "ACTION_UNREACHED";
}

/** The state of a line when its plan is closed: what was begun and not answered is in doubt, what was not begun never will be. */
export function closedState(line: ActionRecord): ActionState {
  if (line.state === "pending") return "skipped";
  if (line.state === "intent") return followsDoubt(line) ? "unknown" : "failed";
  return line.state;
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

function mayRepeat(attempt: Omit<LostAttempt, "hasProbe">): boolean {
  return isRepeatable(attempt) && !isSpent(attempt);
}

/** Whether a handler that is at fault was called often enough. */
function isSpent({ fault, attempts }: Pick<LostAttempt, "fault" | "attempts">): boolean {
  return fault !== null && attempts >= DISPATCH_FAULTY_ATTEMPTS;
}

function isFault(trouble: CallTrouble): trouble is HandlerFault {
  return trouble === "threw" || trouble === "garbled";
}

function isRepeatable({
  guarantee,
  startedAt,
  now,
  keyTtlMs,
}: Omit<LostAttempt, "hasProbe" | "attempts" | "fault">): boolean {
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

function isTooOld({ startedAt, now }: Pick<LostAttempt, "startedAt" | "now">): boolean {
  return ageMs(startedAt, now) >= DISPATCH_DOUBT_MS;
}

/** How often a probe is asked while the call before it may still be going on. */
const PROBE_INTERVAL_MS = 5_000;

/** NaN for a start nobody knows, which is younger than nothing. */
function ageMs(startedAt: string | null, now: string): number {
  return startedAt === null ? Number.NaN : Date.parse(now) - Date.parse(startedAt);
}
