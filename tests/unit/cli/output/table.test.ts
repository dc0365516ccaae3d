import { expect, test } from "vitest";
import { table } from "../../../../src/cli/output/table.ts";

test("columns are aligned and lines end without blanks", () => {
  const rows = [
    ["a", "long cell", "x"],
    ["long", "b", ""],
  ];

  expect(table(rows)).toBe("a     long cell  x\nlong  b");
  expect(table([])).toBe("");
});
