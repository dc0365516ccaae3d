import { expect, test } from "vitest";
import { callTrouble } from "../../../src/dispatch/call-trouble.ts";
import { InputError } from "../../../src/protocol/errors.ts";
import { ActionInDoubtError } from "../../../src/specs/dispatchers/action-in-doubt-error.ts";
import { ActionRefusedError } from "../../../src/specs/dispatchers/action-refused-error.ts";
import { RetryableToolError } from "../../../src/specs/tools/retryable-tool-error.ts";

function coded(code: string, message = "socket"): Error {
  return Object.assign(new Error(message), { code });
}

test.each([
  ["a refusal", new ActionRefusedError("no such product"), "refused"],
  ["an action that has no handler", new InputError("ACTION_KIND_UNKNOWN", "kind"), "refused"],
  ["an action that cannot be taken back", new InputError("COMPENSATE_MISSING", "kind"), "refused"],
  ["a plain error", new Error("no such product"), "threw"],
  ["an answer that was no JSON", new SyntaxError("Unexpected token '<'"), "threw"],
  ["no error at all", "no", "threw"],
  ["nothing", undefined, "threw"],
  ["one of ours", new InputError("INPUT_INVALID", "wrong"), "threw"],
  ["a request to try again", new RetryableToolError("busy"), "asks-again"],
  ["a handler that cannot tell", new ActionInDoubtError("the answer was garbled"), "in-doubt"],
  ["a reset connection", coded("ECONNRESET"), "in-doubt"],
  ["a fetch whose connection was reset", new TypeError("fetch failed", { cause: coded("UND_ERR_SOCKET") }), "in-doubt"],
  ["an aborted fetch", new DOMException("This operation was aborted", "AbortError"), "in-doubt"],
  ["a fetch that timed out", new DOMException("timed out", "TimeoutError"), "in-doubt"],
  ["a Postgres that was shut down", coded("57P01"), "in-doubt"],
  ["a Postgres connection that broke", new Error("Connection terminated unexpectedly"), "in-doubt"],
  ["a target that is not there", new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }), "unreachable"],
  ["a target at several addresses", new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]), "unreachable"],
  [
    "one that broke after one that was not there",
    new AggregateError([coded("ECONNREFUSED"), coded("EPIPE")]),
    "in-doubt",
  ],
] as const)("%s", (_name, error, expected) => {
  expect(callTrouble(error)).toBe(expected);
});

test("an error that is its own cause comes to an end", () => {
  const error = new Error("round");
  error.cause = error;
  expect(callTrouble(error)).toBe("threw");
});
