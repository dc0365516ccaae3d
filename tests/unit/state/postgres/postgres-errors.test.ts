import { expect, test } from "vitest";
import { isTransactionConflict, postgresStateError } from "../../../../src/state/postgres/postgres-errors.ts";

const failure = (code: string): Error => Object.assign(new Error("it failed"), { code });

test.each([
  ["ECONNREFUSED", "STORE_UNAVAILABLE", true],
  ["ENOTFOUND", "STORE_UNAVAILABLE", true],
  ["08006", "STORE_UNAVAILABLE", true],
  ["57P01", "STORE_UNAVAILABLE", true],
  ["57P03", "STORE_UNAVAILABLE", true],
  ["53300", "STORE_UNAVAILABLE", true],
  ["25006", "STORE_UNAVAILABLE", true],
  ["28P01", "STORE_UNAVAILABLE", false],
  ["3D000", "STORE_UNAVAILABLE", false],
  ["40P01", "STORE_BUSY", true],
  ["55P03", "STORE_BUSY", true],
  ["57014", "STORE_BUSY", true],
  ["57P05", "STORE_UNAVAILABLE", true],
  ["25P04", "STORE_UNAVAILABLE", true],
  ["53100", "STORE_FULL", true],
  ["XX001", "STORE_CORRUPT", false],
])("%s is %s", (code, expected, retryable) => {
  const error = postgresStateError(failure(code), "db:5432/bridle");

  expect(error).toMatchObject({ code: expected, retryable, hint: expect.any(String) });
  expect(error?.message).toContain("db:5432/bridle");
});

test.each(["Connection terminated unexpectedly", "timeout exceeded when trying to connect"])(
  "the driver's %j means that the database does not answer",
  (message) => {
    expect(postgresStateError(new Error(message), "db")).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  },
);

test("what is no failure of the store stays what it is", () => {
  expect(postgresStateError(failure("23505"), "db")).toBeNull();
  expect(postgresStateError(new Error("a defect"), "db")).toBeNull();
  expect(postgresStateError("text", "db")).toBeNull();
});

test("only deadlocks and serialization failures are worth the same transaction again", () => {
  expect(["40P01", "40001", "57P01", "23505"].filter((code) => isTransactionConflict(failure(code)))).toEqual([
    "40P01",
    "40001",
  ]);
});
