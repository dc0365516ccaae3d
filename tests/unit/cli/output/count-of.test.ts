import { expect, test } from "vitest";
import { countOf } from "../../../../src/cli/output/count-of.ts";

test("one thing has the singular, and large numbers have separators", () => {
  expect([0, 1, 2, 12_504].map((count) => countOf(count, "document"))).toEqual([
    "0 documents",
    "1 document",
    "2 documents",
    "12,504 documents",
  ]);
  expect(countOf(1, "answer was", "answers were")).toBe("1 answer was");
});
