import { expect, test } from "vitest";
import { parseToolInput } from "../../../src/models/tool-input.ts";

test("a whole object is whole even where the reply was cut right after it", () => {
  expect(parseToolInput('{"a":1}', true)).toEqual({ args: { a: 1 } });
});

test("no text is no arguments, unless the reply was cut there", () => {
  expect(parseToolInput(" ", false)).toEqual({ args: {} });
  expect(parseToolInput("", true)).toEqual({ args: {}, complaint: expect.stringContaining("after 0 characters") });
});

test("the parser's complaint is short", () => {
  const { complaint } = parseToolInput(`{"a": ${"y".repeat(10_000)}`, false);

  expect(complaint?.length).toBeGreaterThan(10);
  expect(complaint?.length).toBeLessThanOrEqual(200);
});
