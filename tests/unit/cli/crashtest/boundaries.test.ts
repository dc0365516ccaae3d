import { expect, test } from "vitest";
import { boundariesOf } from "../../../../src/cli/crashtest/boundaries.ts";

test("a plan is cut before its first intent, three times around every action, and at its end", () => {
  expect(boundariesOf(2, false).map(({ point }) => point)).toEqual([
    "preflight.done:1",
    "intent.written:1",
    "effect.returned:1",
    "intent.written:2",
    "effect.returned:2",
    "ledger.done:1",
    "ledger.done:2",
    "plan.closed:1",
  ]);
});

test("a batch is one call and a record for each action", () => {
  expect(boundariesOf(2, true).map(({ point }) => point)).toEqual([
    "preflight.done:1",
    "intent.written:1",
    "effect.returned:1",
    "ledger.done:1",
    "ledger.done:2",
    "ledger.done:3",
    "plan.closed:1",
  ]);
});
