import { expect, test } from "vitest";
import { withoutUndefined } from "../../../src/lib/without-undefined.ts";

test("only fields that hold undefined are left out", () => {
  expect(Object.entries(withoutUndefined({ a: undefined, b: null, c: 0, d: "" }))).toEqual([
    ["b", null],
    ["c", 0],
    ["d", ""],
  ]);
});
