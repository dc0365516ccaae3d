import { expect, test } from "vitest";
import { parsePlanId, parseRunId, parseThreadId } from "../../../src/runtime/parse-id.ts";

test.each([
  ["runId", parseRunId],
  ["threadId", parseThreadId],
  ["planId", parsePlanId],
] as const)("a %s of our alphabet is taken, another one is refused by its name", (field, parse) => {
  expect(parse("restock-42:b.c_d")).toBe("restock-42:b.c_d");
  for (const wrong of ["", "-a", "a b", "a/b", "é", "a".repeat(121)])
    expect(() => parse(wrong)).toThrow(`${field} must be 1 to 120 letters, digits,`);
});
