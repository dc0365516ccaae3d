import { expect, test } from "vitest";
import {
  afterLostAttempt,
  afterProbe,
  afterTrouble,
  closedState,
  faultOf,
  followsDoubt,
  isGivenUp,
  type LostAttempt,
  notedCode,
  planOutcome,
  settleAction,
  type TroubledAttempt,
} from "../../../src/engine/action-ledger.ts";
import { ActionState } from "../../../src/protocol/plan.ts";
import { actionRecord } from "../../helpers/action-record.ts";

const start = "2026-03-01T00:00:00.000Z";
const soon = "2026-03-01T00:00:59.999Z";
const minute = "2026-03-01T00:01:00.000Z";

const once = { attempts: 1, fault: null } as const;

const lost: readonly (readonly [
  Omit<LostAttempt, "hasProbe" | "attempts" | "fault">,
  withProbe: string,
  without: string,
])[] = [
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
  expect(afterLostAttempt({ ...once, ...attempt, hasProbe: true })).toBe(withProbe);
  expect(afterLostAttempt({ ...once, ...attempt, hasProbe: false })).toBe(without);
});

test.each([
  ["keyed", "threw", 4, "call-again", "call-again"],
  ["keyed", "threw", 5, "probe", "unknown"],
  ["keyed", "garbled", 1, "probe", "call-again"],
  ["keyed", "garbled", 4, "probe", "call-again"],
  ["keyed", "garbled", 5, "probe", "unknown"],
  ["transactional", "threw", 5, "probe", "unknown"],
  ["natural", "threw", 4, "call-again", "call-again"],
  ["natural", "threw", 9, "probe", "unknown"],
  ["none", "threw", 1, "probe", "unknown"],
  ["none", "garbled", 1, "probe", "unknown"],
  ["keyed", null, 19, "call-again", "call-again"],
] as const)("a %s action whose handler %s in call %i: %s with a probe, else %s", (...of) => {
  const [guarantee, fault, attempts, withProbe, without] = of;
  const attempt: Omit<LostAttempt, "hasProbe"> = {
    guarantee,
    fault,
    attempts,
    startedAt: start,
    now: soon,
    keyTtlMs: null,
  };
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
  const call = {
    ...once,
    guarantee: "none",
    startedAt: start,
    keyTtlMs: null,
    calledAt: start,
    timeoutMs: 60_000,
  } as const;
  expect(afterProbe({ ...call, answer, now })).toEqual(expected);
});

const over = "2026-03-01T00:01:01.000Z";

test.each([
  ["keyed", "garbled", 1, "applied", soon, { kind: "done" }],
  ["keyed", "garbled", 1, "notApplied", soon, { kind: "repeat" }],
  ["keyed", "garbled", 4, "unknown", soon, { kind: "repeat" }],
  ["keyed", "garbled", 4, "threw", soon, { kind: "repeat" }],
  ["keyed", "threw", 5, "applied", soon, { kind: "done" }],
  ["keyed", "threw", 5, "notApplied", soon, { kind: "ask-later", waitMs: 1_001 }],
  ["keyed", "threw", 5, "notApplied", over, { kind: "failed" }],
  ["keyed", "threw", 5, "unknown", over, { kind: "unknown" }],
  ["keyed", "threw", 5, "threw", over, { kind: "unknown" }],
  ["none", "threw", 1, "notApplied", soon, { kind: "ask-later", waitMs: 1_001 }],
  ["none", "threw", 4, "notApplied", over, { kind: "call-again" }],
  ["none", "threw", 5, "notApplied", over, { kind: "failed" }],
  ["none", "garbled", 1, "unknown", over, { kind: "unknown" }],
] as const)("a %s action whose handler %s in call %i, and whose probe says %s at %s: %j", (...of) => {
  const [guarantee, fault, attempts, answer, now, expected] = of;
  const call = { startedAt: start, keyTtlMs: null, calledAt: start, timeoutMs: 60_000 };
  expect(afterProbe({ ...call, guarantee, fault, attempts, answer, now })).toEqual(expected);
});

const keyed: TroubledAttempt = {
  trouble: "refused",
  guarantee: "keyed",
  startedAt: start,
  now: soon,
  keyTtlMs: null,
  hasProbe: false,
  attempts: 1,
  followsDoubt: false,
  isCancelled: false,
};

const troubles: readonly (readonly [Partial<TroubledAttempt>, "again" | "failed" | "unknown"])[] = [
  [{}, "failed"],
  [{ followsDoubt: true }, "unknown"],
  [{ followsDoubt: true, guarantee: "none" }, "failed"],
  [{ trouble: "asks-again" }, "again"],
  [{ trouble: "asks-again", guarantee: "none" }, "unknown"],
  [{ trouble: "asks-again", guarantee: "none", hasProbe: true }, "again"],
  [{ trouble: "asks-again", isCancelled: true }, "unknown"],
  [{ trouble: "asks-again", attempts: 5 }, "again"],
  [{ trouble: "threw" }, "again"],
  [{ trouble: "threw", attempts: 4 }, "again"],
  [{ trouble: "threw", attempts: 5 }, "unknown"],
  [{ trouble: "threw", attempts: 5, hasProbe: true }, "again"],
  [{ trouble: "threw", guarantee: "transactional" }, "again"],
  [{ trouble: "threw", guarantee: "natural", attempts: 5 }, "unknown"],
  [{ trouble: "threw", guarantee: "none" }, "unknown"],
  [{ trouble: "threw", guarantee: "none", hasProbe: true }, "again"],
  [{ trouble: "threw", isCancelled: true }, "unknown"],
  [{ trouble: "threw", keyTtlMs: 1 }, "unknown"],
  [{ trouble: "threw", now: "2026-03-02T00:00:00.000Z" }, "unknown"],
  [{ trouble: "garbled" }, "again"],
  [{ trouble: "garbled", attempts: 5 }, "unknown"],
  [{ trouble: "garbled", guarantee: "none" }, "unknown"],
  [{ trouble: "garbled", guarantee: "none", hasProbe: true }, "again"],
  [{ trouble: "in-doubt", attempts: 30 }, "again"],
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

const told = { code: "ACTION_UNREACHED", message: "away" };
const doubted = { code: "ACTION_OUTCOME_UNKNOWN", message: "cut" };

test.each([
  { state: "pending", error: null, isInDoubt: false, closed: "skipped" },
  { state: "intent", error: null, isInDoubt: true, closed: "unknown" },
  { state: "intent", error: doubted, isInDoubt: true, closed: "unknown" },
  { state: "intent", error: { code: "ACTION_FAILED", message: "no JSON" }, isInDoubt: true, closed: "unknown" },
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

test.each([
  ["threw", false, "ACTION_FAILED", "threw"],
  ["garbled", true, "DISPATCH_RESULT_INVALID", "garbled"],
  ["unreachable", false, "ACTION_UNREACHED", null],
  ["unreachable", true, "ACTION_OUTCOME_UNKNOWN", null],
  ["asks-again", false, "ACTION_OUTCOME_UNKNOWN", null],
  ["in-doubt", false, "ACTION_OUTCOME_UNKNOWN", null],
] as const)("that a call %s (after a doubt: %s) is noted as %s and read as %s", (...of) => {
  const [trouble, isAfter, code, fault] = of;
  expect(notedCode({ trouble, followsDoubt: isAfter })).toBe(code);
  const line = actionRecord(0, "intent", { error: { code, message: "m" } });
  expect(faultOf(line)).toBe(fault);
  expect(followsDoubt(line)).toBe(code !== "ACTION_UNREACHED");
});
