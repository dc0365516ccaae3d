import { expect, test } from "vitest";
import { parseContentHash, parsePlanId, parseRunId, parseThreadId } from "../../../src/runtime/parse-id.ts";

test.each([
  ["runId", parseRunId],
  ["threadId", parseThreadId],
  ["planId", parsePlanId],
] as const)("a %s of our alphabet is taken, another one is refused by its name", (field, parse) => {
  expect(parse("restock-42:b.c_d")).toBe("restock-42:b.c_d");
  for (const wrong of ["", "-a", "a b", "a/b", "é", "a".repeat(121)])
    expect(() => parse(wrong)).toThrow(`${field} must be 1 to 120 letters, digits,`);
});

test("a content hash is taken whole; the characters of it that messages print are refused as no hash at all", () => {
  expect(parseContentHash("0a".repeat(32))).toBe("0a".repeat(32));
  expect(() => parseContentHash("730e4b56e340")).toThrow(
    'A content hash must be 64 hexadecimal characters, in lower case; received 12: "730e4b56e340".',
  );
  for (const wrong of ["", "0A".repeat(32), "g".repeat(64), "0".repeat(65)])
    expect(() => parseContentHash(wrong)).toThrow(`received ${wrong.length}`);
});
