import { CancellationScope, condition, continueAsNew, isCancellation, workflowInfo } from "@temporalio/workflow";
import { INITIAL_TURN, nextStep, type TurnCommand, type TurnStep } from "../engine/turn-step.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import type { CallOutcome, Carried, QueuedPrompt, RequestedCall, TurnInput, TurnResult } from "../protocol/turn.ts";
import { checkStart } from "./check-start.ts";
import { type BadEnd, closeDropped, closeTurn, failureInfo, turnCancelled, turnFailure } from "./end-turn.ts";
import { callModel } from "./model-step.ts";
import { isQuiet, type OpenTurn, openTurn } from "./open-turn.ts";
import { runCalls } from "./run-calls.ts";
import { tendGates } from "./tend-gates.ts";

type LastCommand = Extract<TurnCommand, { kind: "finish" | "fail" }>;
type GoodEnd = Extract<TurnCommand, { kind: "finish" }>;
/** A long turn is cut at a step boundary, or while calls wait for people, and goes on in a fresh history. */
interface Cut {
  readonly kind: "cut";
  readonly outcomes: readonly CallOutcome[];
  /** Calls that still wait. */
  readonly calls: readonly RequestedCall[];
}

const CANCELLED: BadEnd = { kind: "bad", status: "cancelled", finish: "cancelled" };

/**
 * One agent's turn: model, tools, model … until an answer. One run of this workflow is one turn, and its workflow id is the
 * thread, so that Temporal itself keeps two turns of a thread apart.
 */
export async function agentTurn(input: TurnInput, carried?: Carried): Promise<TurnResult> {
  checkStart(input);
  const turn = openTurn(input, carried);
  let hasEnded = false;
  const isOver = (): boolean => hasEnded && isQuiet(turn);
  const beside = [closeDropped(turn, isOver), tendGates(turn, isOver)];
  const driven = await drive(turn, carried);
  const end = driven.kind === "cut" ? await quietCut(turn, driven) : driven;
  if (end.kind === "bad") await closeTurn(turn, end);
  hasEnded = true;
  await Promise.all(beside);
  if (end.kind === "cut") return continueTurn(turn, end);
  const [next, ...queue] = turn.inbox.queue;
  if (next !== undefined) return continueAsNew<typeof agentTurn>(nextInput(turn, next), { queue });
  return result(turn, end);
}

/** Runs the loop until it ends, however it ends. What it left running is stopped and waited for. */
async function drive(turn: OpenTurn, carried: Carried | undefined): Promise<GoodEnd | BadEnd | Cut> {
  const scope = new CancellationScope();
  void condition(() => turn.inbox.isCancelled).then(
    () => scope.cancel(),
    () => undefined, // the workflow itself was cancelled, and the scope with it
  );
  try {
    const last = await scope.run(() => loop(turn, carried));
    return last.kind === "fail" ? { kind: "bad", status: "failed", finish: last.finish, error: last.error } : last;
  } catch (error) {
    // A worker that died while a cancel was under way shows as a timeout: cancelled is what the turn is.
    if (isCancellation(error) || scope.consideredCancelled) return CANCELLED;
    return { kind: "bad", status: "failed", finish: "error", error: failureInfo(error) };
  }
}

async function loop(turn: OpenTurn, carried: Carried | undefined): Promise<LastCommand | Cut> {
  let step = firstStep(carried);
  /** What calls of this step came to in the history before this one. */
  let before = carried?.turn?.calls === undefined ? [] : carried.turn.outcomes;
  for (;;) {
    turn.state = step.state;
    const { command } = step;
    if (command.kind === "call-model") {
      step = nextStep(turn.state, { kind: "replied", reply: await callModel(turn, command.outcomes) });
    } else if (command.kind === "run-calls") {
      const { outcomes, left } = await runCalls(turn, command.calls);
      const isFull = left.length > 0 || workflowInfo().continueAsNewSuggested;
      if (isFull && !isStopping(turn)) return { kind: "cut", outcomes: [...before, ...outcomes], calls: left };
      step = nextStep(turn.state, { kind: "settled", outcomes: [...before, ...outcomes] });
      before = [];
    } else {
      return command;
    }
  }
}

/** A cancel that came with the last result must not get lost in the change of histories. */
function isStopping(turn: OpenTurn, scope = CancellationScope.current()): boolean {
  return turn.inbox.isCancelled || scope.consideredCancelled;
}

/** Nor may one that comes while what arrived beside the turn is dealt with. */
async function quietCut(turn: OpenTurn, cut: Cut): Promise<Cut | BadEnd> {
  const scope = CancellationScope.current();
  await CancellationScope.nonCancellable(() => condition(() => isQuiet(turn) || isStopping(turn, scope)));
  return isStopping(turn, scope) ? CANCELLED : cut;
}

function firstStep(carried: Carried | undefined): TurnStep {
  if (carried?.turn === undefined) return nextStep(INITIAL_TURN, { kind: "started" });
  const { state, outcomes, calls = [] } = carried.turn;
  if (calls.length > 0) return { state, command: { kind: "run-calls", calls } };
  return nextStep(state, { kind: "settled", outcomes });
}

function continueTurn(turn: OpenTurn, { outcomes, calls }: Cut): Promise<never> {
  const { ref, state, childCount } = turn;
  const queue = [...turn.inbox.queue];
  const waiting = calls.length === 0 ? {} : { calls };
  return continueAsNew<typeof agentTurn>(turn.input, { queue, turn: { ref, state, outcomes, childCount, ...waiting } });
}

/** The next prompt brings its own app and agent; the place is the one this turn found. */
function nextInput(turn: OpenTurn, next: QueuedPrompt): TurnInput {
  const { app, threadId, tenant, workspace, heartbeatMs, manifest } = turn.input;
  const found = { tenant: turn.ref.tenant ?? tenant, workspace: turn.ref.workspace ?? workspace };
  const input = { app, manifest, heartbeatMs, ...found, ...next, threadId, stored: true };
  // Names that were parsed when this turn began, or by whoever queued the prompt; the next first step parses them again.
  return withoutUndefined(input) as TurnInput;
}

function result(turn: OpenTurn, end: GoodEnd | BadEnd): TurnResult {
  const { runId, turn: id } = turn.ref;
  const { head } = turn.state;
  if (end.kind === "finish") return { runId, turn: id, status: end.status, finish: end.finish, text: end.text, head };
  if (end.error !== undefined) throw turnFailure(end.error);
  if (CancellationScope.current().consideredCancelled) throw turnCancelled();
  return { runId, turn: id, status: "cancelled", finish: "cancelled", text: "", head };
}
