import { expect, test } from "vitest";
import { INITIAL_TURN, nextStep } from "../../../src/engine/turn-step.ts";
import { INVALID_REPLIES_IN_A_ROW } from "../../../src/protocol/limits/turn.ts";
import type { AgentSlice } from "../../../src/protocol/manifest.ts";
import type { CallModelResult, TurnState } from "../../../src/protocol/turn.ts";

const slice: AgentSlice = { maxTurns: 3, routes: [], tools: {}, heartbeatMs: 5000 };
const found = { tenant: "t", workspace: "w", agent: "a", slice };
const call = { id: "call_1", name: "look" };

function at(step: number, more: Partial<TurnState> = {}): TurnState {
  return { ...INITIAL_TURN, step, slice, head: "h", ...more };
}

function replied(reply: Partial<CallModelResult>): { kind: "replied"; reply: CallModelResult } {
  return { kind: "replied", reply: { head: "h2", next: "end", ...reply } };
}

test("a turn starts with the first model step", () => {
  const { state, command } = nextStep(INITIAL_TURN, { kind: "started" });
  expect(state.step).toBe(1);
  expect(command).toEqual({ kind: "call-model", outcomes: [] });
});

test("the first reply brings the slice, and later ones keep it", () => {
  const first = nextStep({ ...INITIAL_TURN, step: 1 }, replied({ next: "calls", calls: [call], found }));
  expect(first.state.slice).toEqual(slice);
  const second = nextStep(first.state, replied({ next: "calls", calls: [call] }));
  expect(second.state).toMatchObject({ slice, head: "h2" });
});

test("calls are run, then their outcomes go into the next model step", () => {
  expect(nextStep(at(1), replied({ next: "calls", calls: [call] })).command).toEqual({
    kind: "run-calls",
    calls: [call],
  });
  const outcomes = [{ callId: "call_1", turn: "r/a/1" }];
  const settled = nextStep(at(1), { kind: "settled", outcomes });
  expect(settled.command).toEqual({ kind: "call-model", outcomes });
  expect(settled.state.step).toBe(2);
});

test("an answer ends the turn with its reason and the start of its text", () => {
  const { command } = nextStep(at(1), replied({ next: "end", finish: "length", preview: "so far" }));
  expect(command).toEqual({ kind: "finish", status: "completed", finish: "length", text: "so far" });
});

test("a run that another execution has ends without doing anything", () => {
  expect(nextStep(at(1), replied({ next: "duplicate" })).command).toMatchObject({
    kind: "finish",
    status: "duplicate",
  });
});

test("the last allowed step may answer but not ask for more", () => {
  expect(nextStep(at(3), replied({ next: "end" })).command.kind).toBe("finish");
  const { command } = nextStep(at(3), replied({ next: "calls", calls: [call] }));
  expect(command).toMatchObject({ kind: "fail", finish: "max-turns", error: { code: "MAX_TURNS" } });
});

test("a pause at the last step is out of turns too", () => {
  expect(nextStep(at(3), replied({ next: "again" })).command).toMatchObject({ kind: "fail", finish: "max-turns" });
});

test("replies that cannot be used are counted, and a usable one forgives them", () => {
  const roomy = { ...slice, maxTurns: 100 };
  const almost = at(9, { slice: roomy, invalidInARow: INVALID_REPLIES_IN_A_ROW - 1 });
  const failed = nextStep(almost, replied({ next: "again", invalid: true }));
  expect(failed.command).toMatchObject({ kind: "fail", finish: "error", error: { code: "INVALID_REPLIES" } });
  expect(nextStep(almost, replied({ next: "calls", calls: [call] })).state.invalidInARow).toBe(0);
  expect(nextStep(almost, replied({ next: "again" })).state.invalidInARow).toBe(0);
});
