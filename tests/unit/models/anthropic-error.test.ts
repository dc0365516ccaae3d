import { inspect } from "node:util";
import { expect, test } from "vitest";
import { anthropicProvider } from "../../../src/models/anthropic.ts";
import { ERROR_TEXT_BYTES } from "../../../src/protocol/limits/text.ts";
import type { FakeReply } from "../../../src/testing/index.ts";
import { anthropicFailure, CANARY } from "../../helpers/anthropic-fake.ts";
import { freePort } from "../../helpers/free-port.ts";
import { failureOf, modelContext, modelRequest, user } from "../../helpers/model-call.ts";

test.each([
  [400, "invalid_request_error", "MODEL_BAD_REQUEST", false],
  [401, "authentication_error", "MODEL_AUTH", false],
  [402, "billing_error", "MODEL_AUTH", false],
  [403, "permission_error", "MODEL_AUTH", false],
  [404, "not_found_error", "MODEL_NOT_FOUND", false],
  [413, "request_too_large", "MODEL_TOO_LARGE", false],
  [422, "invalid_request_error", "MODEL_BAD_REQUEST", false],
  [408, "timeout_error", "MODEL_OVERLOADED", true],
  [429, "rate_limit_error", "MODEL_RATE_LIMITED", true],
  [500, "api_error", "MODEL_OVERLOADED", true],
  [502, "api_error", "MODEL_OVERLOADED", true],
  [503, "api_error", "MODEL_OVERLOADED", true],
  [504, "timeout_error", "MODEL_OVERLOADED", true],
  [529, "overloaded_error", "MODEL_OVERLOADED", true],
] as const)("HTTP %i (%s) is %s, retryable: %s, after one request", async (...row) => {
  const [status, type, code, retryable] = row;
  const error = await anthropicFailure({ error: { status, type, message: "what the provider says" } });

  expect(error).toMatchObject({ code, retryable });
  expect(error.message).toContain("what the provider says");
  expect(error.message).toContain("request req_fake_0");
  expect(error.hint).toBeTruthy();
});

test.each([
  [{ retryAfter: "7" }, 7000],
  [{ retryAfter: "0" }, 0],
  [{ headers: { "retry-after-ms": "1500" }, retryAfter: "9" }, 1500],
  [{ retryAfter: "soon" }, undefined],
  [{}, undefined],
])("a rate limit with %j waits %s ms", async (headers, wait) => {
  const error = await anthropicFailure({ error: { status: 429, type: "rate_limit_error", ...headers } });

  expect(error.retryAfterMs).toBe(wait);
});

test("a rate limit with an HTTP date waits until then", async () => {
  const error = await anthropicFailure({
    error: { status: 429, type: "rate_limit_error", retryAfter: new Date(Date.now() + 30_000).toUTCString() },
  });

  expect(error.retryAfterMs).toBeGreaterThan(28_000);
  expect(error.retryAfterMs).toBeLessThanOrEqual(30_000);
});

test("an overload says how long to wait too", async () => {
  const error = await anthropicFailure({ error: { status: 529, type: "overloaded_error", retryAfter: "3" } });

  expect(error.retryAfterMs).toBe(3000);
});

test("a rate limit that the provider says not to retry is final", async () => {
  const error = await anthropicFailure({
    error: { status: 429, type: "rate_limit_error", headers: { "x-should-retry": "false" } },
  });

  expect(error).toMatchObject({ code: "MODEL_RATE_LIMITED", retryable: false });
});

test("an unknown model is named", async () => {
  const error = await anthropicFailure({ error: { status: 404, type: "not_found_error" } });

  expect(error.message).toContain('"claude-test"');
});

test("a refused key is blamed on the variable it came from", async () => {
  const error = await anthropicFailure({ error: { status: 401, type: "authentication_error" } });

  expect(error.hint).toContain("MY_MODEL_KEY");
});

test.each([
  ["overloaded_error", "MODEL_OVERLOADED", true],
  ["rate_limit_error", "MODEL_RATE_LIMITED", true],
  ["api_error", "MODEL_OVERLOADED", true],
  ["invalid_request_error", "MODEL_BAD_REQUEST", false],
  ["something_new", "MODEL_PROTOCOL", true],
])("an error event of type %s inside the stream is %s", async (type, code, retryable) => {
  const error = await anthropicFailure({ text: "partial", streamError: { type, message: "no capacity" } });

  expect(error).toMatchObject({ code, retryable });
  expect(error.message).toContain("no capacity");
});

test("a refused connection is unreachable and says so", async () => {
  const port = await freePort();
  const provider = anthropicProvider({ apiKey: CANARY, keyName: "MY_MODEL_KEY", baseURL: `http://127.0.0.1:${port}` });

  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));

  expect(error).toMatchObject({ code: "MODEL_UNREACHABLE", retryable: true });
  expect(error.message).toContain("ECONNREFUSED");
});

/** A gateway's key looks like nothing in particular, so only knowing it helps. */
const GATEWAY_KEY = "gw/CANARY+1";
const echo = [CANARY, GATEWAY_KEY]
  .map((key) => `your key ${key} (Authorization: Bearer ${key}, ${encodeURIComponent(key)}) is not welcome`)
  .join();

test.each<[string, FakeReply]>([
  ["HTTP 401", { error: { status: 401, type: "authentication_error", message: echo } }],
  ["HTTP 400", { error: { status: 400, type: "invalid_request_error", message: echo } }],
  ["HTTP 429", { error: { status: 429, type: GATEWAY_KEY, message: echo, headers: { "request-id": GATEWAY_KEY } } }],
  ["HTTP 500 with a huge body", { error: { status: 500, type: "api_error", message: echo.repeat(2000) } }],
  ["an error event", { text: "a", streamError: { type: "overloaded_error", message: echo } }],
  ["garbage", { text: "a", rubbish: `${echo}\n\n` }],
  ["a wrong content type", { error: { status: 200, type: "x", headers: { "content-type": GATEWAY_KEY } } }],
  ["a cut", { text: "abc", chunkChars: 1, cutAfterChunks: 1 }],
  ["a stall", { stallAfterHeaders: true }],
])("no part of an error after %s holds the key", async (_what, reply) => {
  const error = await anthropicFailure(reply, { idleTimeoutMs: 200, apiKey: GATEWAY_KEY });

  const everything = [
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(error),
    error.message,
    error.hint,
    error.stack,
  ].join("\n");
  expect(everything).not.toContain("CANARY");
  expect(error.cause).toBeUndefined();
  expect(Buffer.byteLength(error.message + (error.hint ?? ""))).toBeLessThanOrEqual(ERROR_TEXT_BYTES);
});
