import { expect, test } from "vitest";
import { compareExact, exactNumber } from "../../../../src/data/profile/exact-number.ts";

test.each([
  ["0", { value: 0 }],
  ["1.50", { value: 1.5 }],
  ["9007199254740991", { value: 9007199254740991 }],
  ["9007199254740992", { value: 9007199254740992, exact: "9007199254740992" }],
  ["-9007199254740993", { value: -9007199254740992, exact: "-9007199254740993" }],
  ["0.10000000000000000001", { value: 0.1, exact: "0.10000000000000000001" }],
  ["0.30000000000000004", { value: 0.30000000000000004 }],
  ["2.000000000000000000000", { value: 2 }],
])("%s is a double only where that says the same", (text, expected) => {
  expect(exactNumber(text)).toEqual(expected);
});

test("numbers are ordered by what they are, not by their doubles", () => {
  const texts = ["0.10000000000000000002", "-9007199254740993", "0.1", "9007199254740993", "9007199254740992"];

  const ordered = texts.toSorted((a, b) => compareExact(exactNumber(a), exactNumber(b)));

  expect(ordered).toEqual([
    "-9007199254740993",
    "0.1",
    "0.10000000000000000002",
    "9007199254740992",
    "9007199254740993",
  ]);
});

test("a small double, which JavaScript writes with an exponent, is compared with a longer decimal beside it", () => {
  const [small, larger] = ["0.0000001", "0.00000010000000000000000000001"].map(exactNumber);

  expect(compareExact(small ?? expect.fail(), larger ?? expect.fail())).toBeLessThan(0);
  expect(compareExact(larger ?? expect.fail(), small ?? expect.fail())).toBeGreaterThan(0);
});
