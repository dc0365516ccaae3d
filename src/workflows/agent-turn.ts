import { CancellationScope, condition, continueAsNew, isCancellation, workflowInfo } from "@temporalio/workflow";
import { INITIAL_TURN, nextStep, type TurnCommand, type TurnStep } from "../engine/turn-step.ts";
import { PAYLOAD_CHARS } from "../protocol/limits.ts";
import type { CallOutcome, Carried, QueuedPrompt, TurnInput, TurnResult } from "../protocol/turn.ts";
import { type BadEnd, closeDropped, closeTurn, failureInfo, turnCancelled, turnFailure } from "./end-turn.ts";
import { callModel } from "./model-step.ts";
import { type OpenTurn, openTurn } from "./open-turn.ts";
import { runCalls } from "./run-calls.ts";

type LastCommand = Extract<TurnCommand, { kind: "finish" | "fail" }>;
type GoodEnd = Extract<TurnCommand, { kind: "finish" }>;
/** A long turn is cut at a step boundary and goes on in a fresh history. */
type Cut = { readonly kind: "cut"; readonly outcomes: readonly CallOutcome[] };

/**
 * One agent's turn: model, tools, model … until an answer. One run of this workflow is one turn, and its workflow id is the
 * thread, so that Temporal itself keeps two turns of a thread apart.
 */
export async function agentTurn(input: TurnInput, carried?: Carried): Promise<TurnResult> {
  const turn = openTurn(input, carried);
  refuseLargePrompt(input);
  const end = await drive(turn, carried);
  if (end.kind === "cut") return continueTurn(turn, end.outcomes);
  if (end.kind === "bad") await closeTurn(turn, end);
  await closeDropped(turn);
  const [next, ...queue] = turn.inbox.queue;
  if (next !== undefined) return continueAsNew<typeof agentTurn>(nextInput(turn, next), { queue });
  return result(turn, end);
}

/** A prompt that came with the start would be copied into history; a large one must come through the store. */
function refuseLargePrompt({ prompt = "" }: TurnInput): void {
  if (prompt.length <= PAYLOAD_CHARS) return;
  throw turnFailure({
    code: "PROMPT_TOO_LARGE",
    message: `A prompt in the start input may have ${PAYLOAD_CHARS} characters; received ${prompt.length}.`,
    hint: "Start the run through the runtime, the command line or the HTTP API; they store the prompt first.",
  });
}

/** Runs the loop until it ends, however it ends. */
async function drive(turn: OpenTurn, carried: Carried | undefined): Promise<GoodEnd | BadEnd | Cut> {
  const scope = new CancellationScope();
  void condition(() => turn.inbox.cancelled).then(
    () => scope.cancel(),
    () => undefined, // the workflow itself was cancelled, and the scope with it
  );
  try {
    const last = await scope.run(() => loop(turn, carried));
    return last.kind === "fail" ? { kind: "bad", status: "failed", finish: last.finish, error: last.error } : last;
  } catch (error) {
    if (isCancellation(error)) return { kind: "bad", status: "cancelled", finish: "cancelled" };
    return { kind: "bad", status: "failed", finish: "error", error: failureInfo(error) };
  }
}

async function loop(turn: OpenTurn, carried: Carried | undefined): Promise<LastCommand | Cut> {
  let step = firstStep(carried);
  for (;;) {
    turn.state = step.state;
    const { command } = step;
    if (command.kind === "call-model") {
      step = nextStep(turn.state, { kind: "replied", reply: await callModel(turn, command.outcomes) });
    } else if (command.kind === "run-calls") {
      const outcomes = await runCalls(turn, command.calls);
      if (workflowInfo().continueAsNewSuggested && !turn.inbox.cancelled) return { kind: "cut", outcomes };
      step = nextStep(turn.state, { kind: "settled", outcomes });
    } else {
      return command;
    }
  }
}

function firstStep(carried: Carried | undefined): TurnStep {
  if (carried?.turn === undefined) return nextStep(INITIAL_TURN, { kind: "started" });
  return nextStep(carried.turn.state, { kind: "settled", outcomes: carried.turn.outcomes });
}

function continueTurn(turn: OpenTurn, outcomes: readonly CallOutcome[]): Promise<never> {
  const { ref, state, childCount } = turn;
  const queue = [...turn.inbox.queue];
  return continueAsNew<typeof agentTurn>(turn.input, { queue, turn: { ref, state, outcomes, childCount } });
}

function nextInput(turn: OpenTurn, next: QueuedPrompt): TurnInput {
  const { app, threadId, tenant, workspace, heartbeatMs, manifest } = turn.input;
  return {
    app,
    threadId,
    runId: next.runId,
    stored: true,
    ...(next.agent === undefined ? {} : { agent: next.agent }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    ...(manifest === undefined ? {} : { manifest }),
  };
}

function result(turn: OpenTurn, end: GoodEnd | BadEnd): TurnResult {
  const { runId, turn: id } = turn.ref;
  const { head } = turn.state;
  if (end.kind === "finish") return { runId, turn: id, status: end.status, finish: end.finish, text: end.text, head };
  if (end.error !== undefined) throw turnFailure(end.error);
  if (CancellationScope.current().consideredCancelled) throw turnCancelled();
  return { runId, turn: id, status: "cancelled", finish: "cancelled", text: "", head };
}
