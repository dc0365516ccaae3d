import { expect, test } from "vitest";
import { estimateDistinct } from "../../../../src/data/profile/distinct-estimate.ts";

test.each([
  ["a key, every value once", { sampleRows: 10_000, distinct: 10_000, once: 10_000, rows: 1_000_000 }, 1_000_000],
  ["a small domain, seen whole", { sampleRows: 10_000, distinct: 5, once: 0, rows: 1_000_000 }, 5],
  ["every row was read", { sampleRows: 100, distinct: 40, once: 10, rows: 100 }, 40],
  ["nothing was read", { sampleRows: 0, distinct: 0, once: 0, rows: 100 }, 0],
])("%s", (_, sample, distinct) => {
  expect(estimateDistinct(sample)).toBe(distinct);
});

test("fifty thousand values among a million rows, as the research measured them, come out within five percent", () => {
  const estimate = estimateDistinct({ sampleRows: 10_000, distinct: 9_101, once: 8_270, rows: 1_000_000 });

  expect(Math.abs(estimate / 50_000 - 1)).toBeLessThan(0.05);
});
