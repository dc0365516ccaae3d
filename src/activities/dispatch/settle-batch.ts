import { CancelledFailure } from "@temporalio/common";
import type { CallEnd } from "../../dispatch/call-dispatcher.ts";
import { callTrouble } from "../../dispatch/call-trouble.ts";
import type { CallTrouble } from "../../engine/action-ledger.ts";
import { afterBatchTrouble, type BatchMove, type TroubledBatch } from "../../engine/batch-ledger.ts";
import { type ErrorInfo, InputError, StateError } from "../../protocol/errors.ts";
import type { ActionRecord } from "../../protocol/plan.ts";
import { ActionStoppedError } from "../../specs/dispatchers/apply-in-order.ts";
import type { DispatchResult } from "../../specs/dispatchers/dispatch-result.ts";
import type { ActionMove } from "../../state/plan-port.ts";
import { callSignal, wasAskedToCancel } from "../call-signal.ts";
import { type LoggedTrouble, logTrouble } from "./log-trouble.ts";
import type { OpenDispatch } from "./open-dispatch.ts";
import { failedInfo, thrownInfo, unknownInfo } from "./thrown-info.ts";
import { untilStored } from "../until-stored.ts";

/** All actions of a plan that are left, on their way to the target in one call. */
export interface Batch extends OpenDispatch {
  readonly attempt: number;
  /** Positions that the dispatcher reported while it was called. */
  readonly reported: Set<number>;
  /** Every report, whether or not the dispatcher waits for it. */
  readonly reports: Promise<void>[];
}

/** Records what the call of a batch came to: of what was not reported, for all the rest is known. */
export async function settleBatch(batch: Batch, ended: CallEnd): Promise<void> {
  switch (ended.kind) {
    case "result":
      return settleResult(batch, ended.result);
    case "wrong-result":
      return settleTrouble(batch, "garbled", new InputError("DISPATCH_RESULT_INVALID", ended.message));
    case "late":
      if (callSignal(batch.place.host).aborted) throw new CancelledFailure("Nobody waits for this attempt any more.");
      return settleTrouble(batch, "in-doubt", LATE);
    case "threw":
      return settleTrouble(batch, troubleOf(ended.error), ended.error);
  }
}

/** What the call as a whole affected, less what was told one by one, stands on the first action that was not. */
async function settleResult(batch: Batch, result: DispatchResult): Promise<void> {
  const { place, lines, attempt } = batch;
  const ledger = await place.store.plans.actions(place.planId);
  const told = lines.reduce((sum, { index }) => sum + (ledger[index]?.entitiesAffected ?? 0), 0);
  const rest = lines.filter((_, position) => !batch.reported.has(position));
  const moves = rest.map(({ index }, place): ActionMove => ({
    index,
    from: ["intent"],
    to: "done",
    ifAttempts: attempt,
    error: null,
    ...(place === 0 ? { ...result, entitiesAffected: Math.max(0, result.entitiesAffected - told) } : {}),
  }));
  await untilStored(place.host, () => place.store.plans.moveActions(place.planId, moves));
}

async function settleTrouble(batch: Batch, trouble: CallTrouble, error: unknown): Promise<void> {
  const { place, lines, attempt, reported, dispatcher } = batch;
  const { guarantee, keyTtlMs, probe } = dispatcher;
  const isStop = error instanceof ActionStoppedError;
  const thrown = isStop ? error.cause : error;
  const told = thrownInfo(thrown);
  const troubled: TroubledBatch = {
    trouble,
    guarantee,
    keyTtlMs,
    hasProbe: probe !== undefined,
    attempts: attempt,
    now: new Date().toISOString(),
    isCancelled: wasAskedToCancel(),
    lines: lines.filter((_, position) => !reported.has(position)),
    stopped: isStop ? error : firstOne(lines, told),
  };
  const { again, moves } = afterBatchTrouble(troubled);
  const about = begun(troubled);
  logTrouble({
    planId: place.planId,
    lines: about.length === 0 ? lines : about,
    trouble,
    attempt,
    told,
    error: thrown,
    next: nextOf(again, moves),
  });
  const settled = moves.map((move): ActionMove => {
    const { index, to } = move;
    return { index, from: ["intent"], to, ifAttempts: attempt, error: noteOf(move, trouble, told) };
  });
  await untilStored(place.host, () => place.store.plans.moveActions(place.planId, settled));
  if (again) throw new StateError("ACTION_OUTCOME_UNKNOWN", told.message, { retryable: true });
}

/** The lines that the trouble is about. */
function begun({ lines, stopped }: TroubledBatch): readonly ActionRecord[] {
  return stopped === null ? lines : lines.filter(({ index }) => index === stopped.index);
}

function nextOf(again: boolean, moves: readonly BatchMove[]): LoggedTrouble["next"] {
  if (again) return "again";
  const states = new Set(moves.map(({ to }) => to));
  if (states.has("unknown")) return "unknown";
  return states.has("failed") ? "failed" : "nothing";
}

function noteOf({ to, code }: BatchMove, trouble: CallTrouble, told: ErrorInfo): ErrorInfo | null {
  if (to === "pending") return null;
  if (to === "failed") return failedInfo(trouble, told);
  return to === "unknown" ? unknownInfo(code, told) : { ...told, code };
}

/** A single action is the one that stopped, and before an unknown kind none begins. */
function firstOne(lines: readonly ActionRecord[], { code }: ErrorInfo): TroubledBatch["stopped"] {
  const [first, ...others] = lines;
  const isFirst = others.length === 0 || code === "ACTION_KIND_UNKNOWN";
  return first === undefined || !isFirst ? null : { index: first.index, isStarted: true };
}

/** Actions in order say where they stopped, and why. */
function troubleOf(error: unknown): CallTrouble {
  return callTrouble(error instanceof ActionStoppedError ? error.cause : error);
}

const LATE = new StateError("ACTION_OUTCOME_UNKNOWN", "The actions did not answer in time.");
