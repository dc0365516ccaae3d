import { expect, test } from "vitest";
import { sqliteStateError } from "../../../../src/state/sqlite/sqlite-errors.ts";

const failure = (code: string): Error => Object.assign(new Error("it failed"), { code });

test.each([
  ["SQLITE_BUSY", "STORE_BUSY", true],
  ["SQLITE_BUSY_SNAPSHOT", "STORE_BUSY", true],
  ["SQLITE_FULL", "STORE_FULL", true],
  ["ENOSPC", "STORE_FULL", true],
  ["SQLITE_CORRUPT", "STORE_CORRUPT", false],
  ["SQLITE_CORRUPT_INDEX", "STORE_CORRUPT", false],
  ["SQLITE_NOTADB", "STORE_CORRUPT", false],
  ["SQLITE_IOERR_READ", "STORE_UNAVAILABLE", true],
  ["SQLITE_READONLY_DBMOVED", "STORE_UNAVAILABLE", true],
  ["EACCES", "STORE_UNAVAILABLE", true],
])("%s is %s", (code, expected, retryable) => {
  const error = sqliteStateError(failure(code), "/data/state.db");

  expect(error).toMatchObject({ code: expected, retryable, hint: expect.any(String) });
  expect(error?.message).toContain("/data/state.db");
  expect(error?.message).toContain(code);
});

test("what is no failure of the store stays what it is", () => {
  expect(sqliteStateError(failure("SQLITE_CONSTRAINT_PRIMARYKEY"), "/data/state.db")).toBeNull();
  expect(sqliteStateError(new Error("a defect"), "/data/state.db")).toBeNull();
  expect(sqliteStateError("text", "/data/state.db")).toBeNull();
});
