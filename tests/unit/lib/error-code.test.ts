import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorCode } from "../../../src/lib/error-code.ts";

test("the code of an error of the system is its own", () => {
  let thrown: unknown;
  try {
    readFileSync("/no/such/file");
  } catch (error) {
    thrown = error;
  }

  expect(errorCode(thrown)).toBe("ENOENT");
});

test.each([
  new Error("no code"),
  Object.assign(new Error("a number"), { code: 5 }),
  { code: "ENOENT" },
  null,
  "ENOENT",
])("%# has none", (thrown) => {
  expect(errorCode(thrown)).toBeNull();
});
