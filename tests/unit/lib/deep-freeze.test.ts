import { expect, test } from "vitest";
import { deepFreeze } from "../../../src/lib/deep-freeze.ts";

test("plain objects and arrays are frozen all the way down, also where they do not show", () => {
  const hidden = { y: 1 };
  const value = deepFreeze(Object.defineProperty({ a: [{ b: 1 }] }, "hidden", { value: hidden, enumerable: false }));

  expect([value, value.a, value.a[0], hidden].every((part) => Object.isFrozen(part))).toBe(true);
});

test("class instances and functions are left alone", () => {
  const date = new Date(0);
  const run = (): null => null;
  deepFreeze({ date, run });

  expect(Object.isFrozen(date)).toBe(false);
  expect(Object.isFrozen(run)).toBe(false);
});

test("a cycle ends", () => {
  const value: { self?: unknown } = {};
  value.self = value;

  expect(Object.isFrozen(deepFreeze(value))).toBe(true);
});

test("what is frozen at its surface only is frozen below too", () => {
  const value = deepFreeze(Object.freeze({ a: { b: 1 } }));

  expect(Object.isFrozen(value.a)).toBe(true);
});
