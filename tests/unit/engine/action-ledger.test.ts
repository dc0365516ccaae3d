import { expect, test } from "vitest";
import {
  afterLostAttempt,
  afterProbe,
  afterTrouble,
  closedState,
  followsDoubt,
  isGivenUp,
  type LostAttempt,
  planOutcome,
  settleAction,
  type TroubledAttempt,
} from "../../../src/engine/action-ledger.ts";
import { ActionState } from "../../../src/protocol/plan.ts";
import { actionRecord } from "../../helpers/action-record.ts";

const start = "2026-03-01T00:00:00.000Z";
const soon = "2026-03-01T00:00:59.999Z";
const minute = "2026-03-01T00:01:00.000Z";

const lost: readonly (readonly [Omit<LostAttempt, "hasProbe">, withProbe: string, without: string])[] = [
  [{ guarantee: "keyed", startedAt: start, now: minute, keyTtlMs: null }, "call-again", "call-again"],
  [{ guarantee: "keyed", startedAt: start, now: soon, keyTtlMs: 60_000 }, "call-again", "call-again"],
  [{ guarantee: "keyed", startedAt: start, now: minute, keyTtlMs: 60_000 }, "probe", "unknown"],
  [{ guarantee: "keyed", startedAt: null, now: minute, keyTtlMs: 60_000 }, "probe", "unknown"],
  [{ guarantee: "keyed", startedAt: "then", now: minute, keyTtlMs: 60_000 }, "probe", "unknown"],
  [{ guarantee: "keyed", startedAt: null, now: minute, keyTtlMs: null }, "call-again", "call-again"],
  [{ guarantee: "keyed", startedAt: minute, now: start, keyTtlMs: 60_000 }, "call-again", "call-again"],
  [{ guarantee: "transactional", startedAt: start, now: minute, keyTtlMs: null }, "call-again", "call-again"],
  [{ guarantee: "transactional", startedAt: start, now: minute, keyTtlMs: 1 }, "probe", "unknown"],
  [{ guarantee: "natural", startedAt: start, now: minute, keyTtlMs: 1 }, "call-again", "call-again"],
  [{ guarantee: "natural", startedAt: null, now: minute, keyTtlMs: null }, "call-again", "call-again"],
  [{ guarantee: "none", startedAt: start, now: start, keyTtlMs: null }, "probe", "unknown"],
  [{ guarantee: "none", startedAt: start, now: start, keyTtlMs: 60_000 }, "probe", "unknown"],
];

test.each(lost)("a lost attempt %j: %s with a probe, else %s", (attempt, withProbe, without) => {
  expect(afterLostAttempt({ ...attempt, hasProbe: true })).toBe(withProbe);
  expect(afterLostAttempt({ ...attempt, hasProbe: false })).toBe(without);
});

test("a plan whose every action is done is executed", () => {
  expect(planOutcome([actionRecord(0, "done"), actionRecord(1, "done", { entitiesAffected: 0 })])).toEqual({
    status: "executed",
    applied: [0, 1],
    failed: [],
    notStarted: [],
    unknown: [],
    entitiesAffected: 2,
  });
});

test("a plan that asks for nothing is executed", () => {
  expect(planOutcome([])).toMatchObject({ status: "executed", entitiesAffected: 0 });
});

test("a plan that stopped half way says what happened to every action", () => {
  const actions = [
    actionRecord(5, "skipped"),
    actionRecord(4, "pending"),
    actionRecord(0, "done"),
    actionRecord(1, "done"),
    actionRecord(2, "failed", { entitiesAffected: 7 }),
    actionRecord(3, "intent"),
    actionRecord(6, "unknown"),
  ];

  expect(planOutcome(actions)).toEqual({
    status: "failed",
    applied: [0, 1],
    failed: [2],
    notStarted: [4, 5],
    unknown: [3, 6],
    entitiesAffected: 4,
  });
});

test.each(ActionState.options.filter((state) => state !== "done"))("one action that is %s fails the plan", (state) => {
  expect(planOutcome([actionRecord(0, "done"), actionRecord(1, state)]).status).toBe("failed");
});

test.each(["done", "failed"] as const)("a person settles an unknown action as %s", (verdict) => {
  expect(settleAction("unknown", verdict)).toBe(verdict);
});

test.each(ActionState.options.filter((state) => state !== "unknown"))(
  "an action that is %s cannot be settled",
  (state) => {
    expect(settleAction(state, "done")).toEqual({ refused: expect.stringContaining(`The action is ${state}`) });
    expect(settleAction(state, "failed")).toEqual({ refused: expect.stringContaining(`The action is ${state}`) });
  },
);

test.each([
  ["applied", soon, { kind: "done" }],
  ["unknown", start, { kind: "unknown" }],
  ["notApplied", start, { kind: "ask-later", waitMs: 5_000 }],
  ["threw", soon, { kind: "ask-later", waitMs: 1_001 }],
  ["notApplied", minute, { kind: "ask-later", waitMs: 1_000 }],
  ["notApplied", "2026-03-01T00:01:01.000Z", { kind: "call-again" }],
  ["threw", "2026-03-01T00:01:01.000Z", { kind: "unknown" }],
] as const)("a probe that says %s at %s means %j while the call has a minute", (answer, now, expected) => {
  expect(afterProbe({ answer, now, calledAt: start, timeoutMs: 60_000 })).toEqual(expected);
});

const keyed: TroubledAttempt = {
  trouble: "refused",
  guarantee: "keyed",
  startedAt: start,
  now: soon,
  keyTtlMs: null,
  hasProbe: false,
  followsDoubt: false,
  isCancelled: false,
};

const troubles: readonly (readonly [Partial<TroubledAttempt>, "again" | "failed" | "unknown"])[] = [
  [{}, "failed"],
  [{ followsDoubt: true }, "unknown"],
  [{ followsDoubt: true, guarantee: "none" }, "failed"],
  [{ trouble: "asks-again" }, "again"],
  [{ trouble: "asks-again", guarantee: "none" }, "failed"],
  [{ trouble: "asks-again", isCancelled: true }, "failed"],
  [{ trouble: "unreachable" }, "again"],
  [{ trouble: "unreachable", followsDoubt: true, isCancelled: true }, "unknown"],
  [{ trouble: "unreachable", now: "2026-03-02T00:00:00.000Z" }, "failed"],
  [{ trouble: "unreachable", keyTtlMs: 1 }, "failed"],
  [{ trouble: "in-doubt" }, "again"],
  [{ trouble: "in-doubt", isCancelled: true }, "unknown"],
  [{ trouble: "in-doubt", now: "2026-03-02T00:00:00.000Z" }, "unknown"],
  [{ trouble: "in-doubt", keyTtlMs: 1 }, "unknown"],
  [{ trouble: "in-doubt", keyTtlMs: 1, hasProbe: true }, "again"],
  [{ trouble: "in-doubt", guarantee: "none" }, "unknown"],
  [{ trouble: "in-doubt", guarantee: "none", hasProbe: true }, "again"],
  [{ trouble: "in-doubt", guarantee: "natural" }, "again"],
];

test.each(troubles)("an attempt that ended in %j: %s", (attempt, expected) => {
  expect(afterTrouble({ ...keyed, ...attempt })).toBe(expected);
});

const told = { code: "ACTION_FAILED", message: "busy" };
const doubted = { code: "ACTION_OUTCOME_UNKNOWN", message: "cut" };

test.each([
  { state: "pending", error: null, isInDoubt: false, closed: "skipped" },
  { state: "intent", error: null, isInDoubt: true, closed: "unknown" },
  { state: "intent", error: doubted, isInDoubt: true, closed: "unknown" },
  { state: "intent", error: told, isInDoubt: false, closed: "failed" },
  { state: "done", error: null, isInDoubt: false, closed: "done" },
] as const)("a line in doubt, and how it is closed: %j", ({ state, error, isInDoubt, closed }) => {
  expect(followsDoubt(actionRecord(0, state, { error }))).toBe(isInDoubt);
  expect(closedState(actionRecord(0, state, { error }))).toBe(closed);
});

test("an action is given up on after twenty attempts without a word, or a day", () => {
  const line = actionRecord(0, "intent", { at: start, attempts: 19 });
  expect(isGivenUp(line, minute)).toBe(false);
  expect(isGivenUp({ ...line, attempts: 20 }, minute)).toBe(true);
  expect(isGivenUp({ ...line, attempts: 20, error: told }, minute)).toBe(false);
  expect(isGivenUp({ ...line, error: told }, "2026-03-02T00:00:00.000Z")).toBe(true);
});
