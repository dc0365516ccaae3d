import { expect, test } from "vitest";
import { failureOf, InputRequired } from "../../../src/cli/failure.ts";
import { type ErrorCode, InputError, SpecError, StateError } from "../../../src/protocol/errors.ts";

test.each<[ErrorCode, number]>([
  ["INPUT_INVALID", 2],
  ["AGENT_UNKNOWN", 2],
  ["SPEC_INVALID", 2],
  ["RUN_UNKNOWN", 1],
  ["THREAD_BUSY", 1],
  ["REPLAY_FAILED", 1],
  ["TEMPORAL_UNREACHABLE", 3],
  ["TEMPORAL_CLI_MISSING", 3],
  ["STORE_CORRUPT", 3],
  ["PORT_IN_USE", 3],
  ["INTERNAL", 1],
])("%s ends with exit code %i", (code, expected) => {
  expect(failureOf(new StateError(code, "m"), []).exitCode).toBe(expected);
});

test("what only a person could say ends with 4", () => {
  expect(failureOf(new InputRequired("INPUT_INVALID", "m"), []).exitCode).toBe(4);
});

test("an error of another copy of the package keeps its code and hint", () => {
  class Foreign extends Error {
    readonly code = "SPEC_INVALID";
    readonly hint = "mend it";
    readonly retryable = false;
  }

  expect(failureOf(new Foreign("m"), [])).toMatchObject({
    info: { code: "SPEC_INVALID", message: "m", hint: "mend it" },
    exitCode: 2,
  });
});

test("any other error is told as unexpected, and system codes are not ours", () => {
  const error = Object.assign(new Error("no such file"), { code: "ENOENT" });

  expect(failureOf(error, [])).toMatchObject({
    info: { code: "INTERNAL", message: "Unexpected: no such file" },
    exitCode: 1,
  });
});

test.each([
  ["5 NOT_FOUND: Namespace typo is not found."],
  ["Namespace not found: 'typo'"],
  ["Namespace typo was not found or otherwise could not be described: Status { code: NotFound }"],
])("a namespace that the server does not have is told with the flag: %s", (message) => {
  const { info, exitCode } = failureOf(new Error(message), []);

  expect(info).toMatchObject({ code: "TEMPORAL_UNREACHABLE", hint: expect.stringContaining("--namespace") });
  expect(info.message).not.toContain("Status {");
  expect(exitCode).toBe(3);
});

test("secrets leave message, hint and stack", () => {
  const error = new InputError("INPUT_INVALID", "bad postgres://u:hunter2@db/x and s3cret-value", {
    hint: "s3cret-value",
  });

  const failure = failureOf(error, ["s3cret-value"]);

  expect(JSON.stringify(failure)).not.toMatch(/hunter2|s3cret-value/);
});

test("a stack tells its causes", () => {
  const error = new SpecError("SPEC_INVALID", "outer", { cause: new Error("inner") });

  expect(failureOf(error, []).stack).toMatch(/outer[^]*caused by Error: inner/);
});
