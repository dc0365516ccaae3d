import { expect, test } from "vitest";
import { planAfter, type PlanEvent } from "../../../src/engine/plan-lifecycle.ts";
import { PlanStatus } from "../../../src/protocol/plan.ts";

const events: readonly PlanEvent[] = [
  "revision",
  "approve",
  "reject",
  "revise",
  "expire",
  "execute",
  "executed",
  "failed",
];
const final: readonly PlanStatus[] = ["executed", "failed", "rejected", "expired"];

/** Everything that may happen. Whatever is not here must be refused. */
const allowed: readonly (readonly [PlanStatus, PlanEvent, PlanStatus])[] = [
  ["draft", "revision", "draft"],
  ["draft", "approve", "approved"],
  ["draft", "reject", "rejected"],
  ["draft", "revise", "draft"],
  ["draft", "expire", "expired"],
  ["approved", "execute", "executing"],
  ["approved", "reject", "rejected"],
  ["approved", "failed", "failed"],
  ["executing", "executed", "executed"],
  ["executing", "failed", "failed"],
];

const isAllowed = (status: PlanStatus, event: PlanEvent): boolean =>
  allowed.some(([from, on]) => from === status && on === event);
const refused = PlanStatus.options.flatMap((status) =>
  events.filter((event) => !isAllowed(status, event)).map((event) => [status, event] as const),
);

test.each(allowed)("a plan that is %s, on %s, is %s", (status, event, next) => {
  expect(planAfter(status, event)).toBe(next);
});

test.each(refused)("a plan that is %s refuses %s", (status, event) => {
  expect(planAfter(status, event)).toEqual({ refused: expect.stringContaining(`The plan is ${status}`) });
});

test("the two tables hold every pair", () => {
  expect(allowed.length + refused.length).toBe(PlanStatus.options.length * events.length);
});

test.each(final)("nothing reopens a plan that is %s", (status) => {
  const moved = events.filter((event) => typeof planAfter(status, event) === "string");

  expect(moved).toEqual([]);
});

test("every way to executed goes through a decision", () => {
  const reached = new Set<PlanStatus>(["draft"]);
  const withoutDecision = events.filter((event) => event !== "approve");
  for (const status of reached) {
    for (const event of withoutDecision) {
      const next = planAfter(status, event);
      if (typeof next === "string") reached.add(next);
    }
  }

  expect([...reached].sort()).toEqual(["draft", "expired", "rejected"]);
});
