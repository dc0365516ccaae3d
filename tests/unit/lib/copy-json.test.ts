import { expect, test } from "vitest";
import { copyJson } from "../../../src/lib/copy-json.ts";

test("JSON values are copied, without fields that hold undefined", () => {
  const source = { a: [1, "x", null, { b: true }], gone: undefined };
  const copy = copyJson(source);

  expect(copy).toEqual({ a: [1, "x", null, { b: true }] });
  expect(copy).not.toBe(source);
});

test("one object in two places is no cycle", () => {
  const shared = { x: 1 };

  expect(copyJson({ a: shared, b: shared })).toEqual({ a: { x: 1 }, b: { x: 1 } });
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.each([
  undefined,
  Number.NaN,
  Infinity,
  1n,
  Symbol("s"),
  () => null,
  new Date(0),
  new Map(),
  [undefined],
  { a: () => null },
  cycle,
])("%o is not JSON", (value) => {
  expect(copyJson(value)).toBeUndefined();
});
