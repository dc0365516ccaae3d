import { expect, test } from "vitest";
import { gateDeadline, onDeadline } from "../../../src/engine/gate-deadline.ts";

const openedAt = "2026-02-27T12:00:00.000Z";

test("a gate that expires has a deadline on the calendar", () => {
  const threeDays = 3 * 24 * 60 * 60 * 1000;

  expect(gateDeadline({ kind: "always", expiresInMs: threeDays }, openedAt)).toBe("2026-03-02T12:00:00.000Z");
});

test.each([{ kind: "always" }, { kind: "never" }, { kind: "dynamic", value: "p" }] as const)(
  "%j waits for ever",
  (rule) => {
    expect(gateDeadline(rule, openedAt)).toBeNull();
    expect(onDeadline(rule)).toBe("expire");
  },
);

test("a deadline past the year 9999 is none", () => {
  expect(gateDeadline({ kind: "always", expiresInMs: Number.MAX_SAFE_INTEGER }, openedAt)).toBeNull();
  expect(gateDeadline({ kind: "always", expiresInMs: 1 }, "9999-12-31T23:59:59.998Z")).toBe("9999-12-31T23:59:59.999Z");
  expect(gateDeadline({ kind: "always", expiresInMs: 2 }, "9999-12-31T23:59:59.998Z")).toBeNull();
});

test.each(["reject", "expire"] as const)("the rule says what the deadline does: %s", (onExpire) => {
  expect(onDeadline({ kind: "always", expiresInMs: 1, onExpire })).toBe(onExpire);
});
