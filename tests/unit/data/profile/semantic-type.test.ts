import { expect, test } from "vitest";
import { semanticTypeOf } from "../../../../src/data/profile/semantic-type.ts";

test.each([
  ["uuid", ["0b9d1e8c-2f5a-4c3b-9d7e-112233445566"]],
  ["email", ["a@b.no", "someone.else@example.com"]],
  ["iso-date", ["2025-01-31"]],
  ["iso-datetime", ["2025-01-31 10:00:00", "2025-01-31T10:00:00.123Z"]],
  ["phone", ["+47 22 33 44 55", "(780) 428-9482"]],
  ["currency", ["$1,200.50"]],
  ["integer", ["12", "-7"]],
  [null, ["a word", "12"]],
  [null, []],
])("%s", (kind, texts) => {
  expect(semanticTypeOf(texts)).toBe(kind);
});

test("one of ten may be different, two may not", () => {
  const dates = Array.from({ length: 9 }, (_, day) => `2025-01-0${day + 1}`);

  expect(semanticTypeOf([...dates, "unknown"])).toBe("iso-date");
  expect(semanticTypeOf([...dates.slice(1), "unknown", "never"])).toBeNull();
});

test("hostile text costs no time", () => {
  const start = performance.now();

  semanticTypeOf([`${"1".repeat(100_000)}@`, "(".repeat(100_000), "1-".repeat(50_000)]);

  expect(performance.now() - start).toBeLessThan(500);
});
