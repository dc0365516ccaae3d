import type { ErrorInfo } from "../protocol/errors.ts";
import type { FinishReason } from "../protocol/event.ts";
import { INVALID_REPLIES_IN_A_ROW } from "../protocol/limits/turn.ts";
import type { CallModelResult, CallOutcome, RequestedCall, TurnState } from "../protocol/turn.ts";

/** What happened last in a turn. */
export type TurnEvent =
  | { readonly kind: "started" }
  | { readonly kind: "replied"; readonly reply: CallModelResult }
  | { readonly kind: "settled"; readonly outcomes: readonly CallOutcome[] };

/** What the workflow does next. */
export type TurnCommand =
  | { readonly kind: "call-model"; readonly outcomes: readonly CallOutcome[] }
  | { readonly kind: "run-calls"; readonly calls: readonly RequestedCall[] }
  | {
      readonly kind: "finish";
      readonly status: "completed" | "duplicate";
      readonly finish: FinishReason;
      readonly text: string;
    }
  | { readonly kind: "fail"; readonly finish: FinishReason; readonly error: ErrorInfo };

/** The state and command that follow an event. */
export interface TurnStep {
  readonly state: TurnState;
  readonly command: TurnCommand;
}

/** Where every turn begins. */
export const INITIAL_TURN: TurnState = { step: 0, head: null, slice: null, invalidInARow: 0 };

/** Decides the next step of a turn: call the model, run what it asked for, finish, or fail. Pure. */
export function nextStep(state: TurnState, event: TurnEvent): TurnStep {
  switch (event.kind) {
    case "started":
      return callModel(state, []);
    case "settled":
      return callModel(state, event.outcomes);
    case "replied":
      return afterReply(remember(state, event.reply), event.reply);
  }
}

function remember(state: TurnState, reply: CallModelResult): TurnState {
  const slice = reply.found?.slice ?? state.slice;
  const invalidInARow = reply.invalid === true ? state.invalidInARow + 1 : 0;
  return { ...state, head: reply.head, slice, invalidInARow };
}

function afterReply(state: TurnState, reply: CallModelResult): TurnStep {
  switch (reply.next) {
    case "end":
    case "duplicate":
      return { state, command: finished(reply) };
    case "again":
      return state.invalidInARow >= INVALID_REPLIES_IN_A_ROW ? fail(state, tooManyInvalid()) : callModel(state, []);
    case "calls":
      return outOfTurns(state) ?? { state, command: { kind: "run-calls", calls: reply.calls ?? [] } };
  }
}

function finished(reply: CallModelResult): TurnCommand {
  const status = reply.next === "duplicate" ? "duplicate" : "completed";
  return { kind: "finish", status, finish: reply.finish ?? "stop", text: reply.preview ?? "" };
}

function callModel(state: TurnState, outcomes: readonly CallOutcome[]): TurnStep {
  return outOfTurns(state) ?? { state: { ...state, step: state.step + 1 }, command: { kind: "call-model", outcomes } };
}

function outOfTurns(state: TurnState): TurnStep | undefined {
  if (state.slice === null || state.step < state.slice.maxTurns) return undefined;
  return fail(state, {
    code: "MAX_TURNS",
    message: `The turn used all of its ${state.slice.maxTurns} model steps and the model still asked for more.`,
    hint: "Raise the agent's maxTurns, or give it a smaller task.",
  });
}

function tooManyInvalid(): ErrorInfo {
  return {
    code: "INVALID_REPLIES",
    message: `The model gave ${INVALID_REPLIES_IN_A_ROW} replies in a row that could not be used (every tool call invalid, or cut off).`,
    hint: "Look at the tool-invocation results of this run for what was wrong with the calls.",
  };
}

function fail(state: TurnState, error: ErrorInfo): TurnStep {
  return { state, command: { kind: "fail", finish: error.code === "MAX_TURNS" ? "max-turns" : "error", error } };
}
