import { expect, test } from "vitest";
import { afterLostAttempt, type LostAttempt, planOutcome, settleAction } from "../../../src/engine/action-ledger.ts";
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
