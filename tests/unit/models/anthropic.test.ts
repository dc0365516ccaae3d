import { createServer } from "node:net";
import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { type AnthropicProviderOptions, anthropicProvider } from "../../../src/models/anthropic.ts";
import type { ModelProvider } from "../../../src/models/port.ts";
import { ModelError, SpecError } from "../../../src/protocol/errors.ts";
import { ERROR_TEXT_BYTES } from "../../../src/protocol/limits.ts";
import { type FakeMessagesApi, type FakeReply, startFakeMessagesApi } from "../../../src/testing/index.ts";
import { assistant, failureOf, modelContext, modelRequest, results, toolCall, toolResult, user } from "../../helpers/model-call.ts";

const CANARY = "sk-ant-api03-CANARY-7f3b";

async function connect(options: Partial<AnthropicProviderOptions> = {}): Promise<{ api: FakeMessagesApi; provider: ModelProvider }> {
  const api = await startFakeMessagesApi();
  onTestFinished(() => api.close());
  const provider = anthropicProvider({ apiKey: CANARY, keyName: "MY_MODEL_KEY", baseURL: api.url, ...options });
  return { api, provider };
}

async function failureFor(reply: FakeReply, options: Partial<AnthropicProviderOptions> = {}): Promise<ModelError> {
  const { api, provider } = await connect(options);
  api.reply(reply);
  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));
  expect(api.requests).toHaveLength(1);
  expect(error).toBeInstanceOf(ModelError);
  return error as ModelError;
}

test("streams text and reasoning and returns the whole reply with its usage", async () => {
  const { api, provider } = await connect();
  api.reply({
    reasoning: [{ text: "let me think", signature: "sig-1" }, { redacted: "encrypted" }],
    text: ["Twelve ", "products."],
    usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 80, cacheWriteTokens: 7 },
  });
  const context = modelContext();

  const reply = await provider.call(modelRequest([user("how many?")]), context);

  expect(reply).toEqual({
    message: {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "let me think", opaque: { type: "thinking", signature: "sig-1" } },
        { type: "reasoning", text: "", opaque: { type: "redacted_thinking", data: "encrypted" } },
        { type: "text", text: "Twelve products." },
      ],
      model: "claude-test",
      stop: "end",
    },
    usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 80, cacheWriteTokens: 7 },
    malformedArgs: {},
  });
  expect(context.deltas).toEqual([
    { type: "reasoning", text: "let me think" },
    { type: "text", text: "Twelve " },
    { type: "text", text: "products." },
  ]);
});

test("returns the tool calls of a reply with parsed arguments", async () => {
  const { api, provider } = await connect();
  api.reply({ text: "Looking.", toolCalls: [{ name: "lookup", args: { id: "p-001", deep: [1, { a: null }] } }, { name: "list", argsText: "" }] });

  const { message, malformedArgs } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.stop).toBe("tools");
  expect(message.parts).toEqual([
    { type: "text", text: "Looking." },
    { type: "tool-call", id: "toolu_0_0", name: "lookup", args: { id: "p-001", deep: [1, { a: null }] } },
    { type: "tool-call", id: "toolu_0_1", name: "list", args: {} },
  ]);
  expect(malformedArgs).toEqual({});
});

test.each([
  ["end_turn", "end"],
  ["stop_sequence", "end"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["refusal", "refusal"],
  ["pause_turn", "pause"],
  ["a_new_reason", "end"],
])("stop reason %s becomes %s", async (stopReason, stop) => {
  const { api, provider } = await connect();
  api.reply({ text: "so far", stopReason });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.stop).toBe(stop);
});

test("an unknown stop reason with tool calls means that the calls are wanted", async () => {
  const { api, provider } = await connect();
  api.reply({ toolCalls: [{ name: "lookup", args: {} }], stopReason: "a_new_reason" });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.stop).toBe("tools");
});

test.each(["end_turn", "refusal"])("an empty reply that stopped with %s has no parts", async (stopReason) => {
  const { api, provider } = await connect();
  api.reply({ stopReason });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([]);
});

test("a tool call cut by max_tokens keeps its id and name, never half of its arguments", async () => {
  const { api, provider } = await connect();
  api.reply({
    toolCalls: [
      { name: "lookup", args: { id: 1 } },
      { name: "storePlan", argsText: '{"planId":"p1","actions":[{"kind":"price_ch' },
    ],
    stopReason: "max_tokens",
  });

  const { message, malformedArgs } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.stop).toBe("length");
  expect(message.parts).toEqual([toolCall("toolu_0_0", "lookup", { id: 1 }), toolCall("toolu_0_1", "storePlan", {})]);
  expect(malformedArgs).toEqual({ toolu_0_1: expect.stringContaining("output limit") });
});

test("a tool call cut before its first argument counts as cut", async () => {
  const { api, provider } = await connect();
  api.reply({ toolCalls: [{ name: "storePlan", argsText: "" }], stopReason: "max_tokens" });

  const { malformedArgs } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(malformedArgs).toEqual({ toolu_0_0: expect.stringContaining("output limit") });
});

test.each([
  ['{"planId": p1}', /JSON/],
  ["[1,2]", /expected a JSON object, received an array/],
  ["null", /received null/],
  [`{"a": ${"x".repeat(5000)}}`, /JSON/],
])("malformed arguments %.20s are no arguments and a short complaint", async (argsText, complaint) => {
  const { api, provider } = await connect();
  api.reply({ toolCalls: [{ name: "lookup", argsText }] });

  const { message, malformedArgs } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([toolCall("toolu_0_0", "lookup", {})]);
  expect(malformedArgs["toolu_0_0"]).toMatch(complaint);
  expect(malformedArgs["toolu_0_0"]?.length).toBeLessThanOrEqual(200);
});

test("calls with the same id are told apart, the same way every time", async () => {
  const { api, provider } = await connect();
  const call = { name: "lookup", id: "toolu_x" };
  api.reply({ toolCalls: [call, { ...call, argsText: "{" }, { ...call, id: "toolu_x_2" }, call] });

  const { message, malformedArgs } = await provider.call(modelRequest([user("hi")]), modelContext());

  const ids = message.parts.map((part) => (part.type === "tool-call" ? part.id : ""));
  expect(ids).toEqual(["toolu_x", "toolu_x_2", "toolu_x_2_2", "toolu_x_3"]);
  expect(Object.keys(malformedArgs)).toEqual(["toolu_x_2"]);
});

test("takes 5 MB of arguments", async () => {
  const { api, provider } = await connect();
  const args = { rows: Array.from({ length: 50_000 }, (_, id) => ({ id, text: "x".repeat(80) })) };
  api.reply({ toolCalls: [{ name: "store", args }] });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([toolCall("toolu_0_0", "store", args)]);
  expect(JSON.stringify(args).length).toBeGreaterThan(5_000_000);
});

test("reasoning goes back to the provider exactly as it came", async () => {
  const { api, provider } = await connect();
  api.reply(
    { reasoning: [{ text: "think ", signature: "sig=+/" }, { redacted: "blob" }], toolCalls: [{ name: "lookup", args: {} }] },
    { text: "done" },
  );
  const first = await provider.call(modelRequest([user("hi")]), modelContext());

  await provider.call(modelRequest([user("hi"), first.message, results(toolResult("toolu_0_0", "42"))]), modelContext());

  expect(api.requests[1]?.body.messages?.[1]?.content).toEqual([
    { type: "thinking", thinking: "think ", signature: "sig=+/" },
    { type: "redacted_thinking", data: "blob" },
    { type: "tool_use", id: "toolu_0_0", name: "lookup", input: {} },
  ]);
});

test("sends the model's settings as declared and leaves out what was not", async () => {
  const { api, provider } = await connect();
  api.reply({ text: "a" }, { text: "b" });
  const model = { id: "claude-x", provider: "anthropic", maxTokens: 2048, temperature: 0, thinking: { type: "enabled", budget_tokens: 1024 } };

  await provider.call(modelRequest([user("hi")], { model }), modelContext());
  await provider.call(modelRequest([user("hi")]), modelContext());

  expect(api.requests[0]?.body).toMatchObject({ model: "claude-x", max_tokens: 2048, temperature: 0, thinking: model.thinking, stream: true });
  expect(api.requests[1]?.body).not.toHaveProperty("temperature");
  expect(api.requests[1]?.body).not.toHaveProperty("thinking");
  expect(api.requests[1]?.body).not.toHaveProperty("tools");
});

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
] as const)("HTTP %i (%s) is %s, retryable: %s, after one request", async (status, type, code, retryable) => {
  const error = await failureFor({ error: { status, type, message: "what the provider says" } });

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
  const error = await failureFor({ error: { status: 429, type: "rate_limit_error", ...headers } });

  expect(error.retryAfterMs).toBe(wait);
});

test("a rate limit with an HTTP date waits until then", async () => {
  const error = await failureFor({
    error: { status: 429, type: "rate_limit_error", retryAfter: new Date(Date.now() + 30_000).toUTCString() },
  });

  expect(error.retryAfterMs).toBeGreaterThan(28_000);
  expect(error.retryAfterMs).toBeLessThanOrEqual(30_000);
});

test("an overload says how long to wait too", async () => {
  const error = await failureFor({ error: { status: 529, type: "overloaded_error", retryAfter: "3" } });

  expect(error.retryAfterMs).toBe(3000);
});

test("a rate limit that the provider says not to retry is final", async () => {
  const error = await failureFor({ error: { status: 429, type: "rate_limit_error", headers: { "x-should-retry": "false" } } });

  expect(error).toMatchObject({ code: "MODEL_RATE_LIMITED", retryable: false });
});

test("an unknown model is named", async () => {
  const error = await failureFor({ error: { status: 404, type: "not_found_error" } });

  expect(error.message).toContain('"claude-test"');
});

test("a refused key is blamed on the variable it came from", async () => {
  const error = await failureFor({ error: { status: 401, type: "authentication_error" } });

  expect(error.hint).toContain("MY_MODEL_KEY");
});

test.each([
  ["overloaded_error", "MODEL_OVERLOADED", true],
  ["rate_limit_error", "MODEL_RATE_LIMITED", true],
  ["api_error", "MODEL_OVERLOADED", true],
  ["invalid_request_error", "MODEL_BAD_REQUEST", false],
  ["something_new", "MODEL_PROTOCOL", true],
])("an error event of type %s inside the stream is %s", async (type, code, retryable) => {
  const error = await failureFor({ text: "partial", streamError: { type, message: "no capacity" } });

  expect(error).toMatchObject({ code, retryable });
  expect(error.message).toContain("no capacity");
});

test.each([
  ["before the headers", { stallBeforeHeaders: true }],
  ["after the headers", { stallAfterHeaders: true }],
  ["in the middle", { text: "abcdef", chunkChars: 1, stallAfterChunks: 3 }],
])("a provider that stalls %s is noticed and hung up on", async (_when, reply) => {
  const { api, provider } = await connect({ idleTimeoutMs: 100 });
  api.reply(reply);

  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));

  expect(error).toMatchObject({ code: "MODEL_STALLED", retryable: true });
  expect(await api.requests[0]?.ended).toBe("closed");
});

test("a slow stream that keeps sending is not stalled", async () => {
  const { api, provider } = await connect({ idleTimeoutMs: 300 });
  api.reply({ text: "abcdefgh", chunkChars: 1, chunkDelayMs: 60 });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([{ type: "text", text: "abcdefgh" }]);
});

test("a connection cut in the middle of the stream is unreachable, and what came was streamed", async () => {
  const { api, provider } = await connect();
  api.reply({ text: "abcdef", chunkChars: 1, chunkDelayMs: 5, cutAfterChunks: 3 });
  const context = modelContext();

  const error = await failureOf(provider.call(modelRequest([user("hi")]), context));

  expect(error).toMatchObject({ code: "MODEL_UNREACHABLE", retryable: true });
  expect(context.deltas.map((delta) => delta.text).join("")).toBe("abc");
});

test("a refused connection is unreachable and says so", async () => {
  const port = await freePort();
  const provider = anthropicProvider({ apiKey: CANARY, keyName: "MY_MODEL_KEY", baseURL: `http://127.0.0.1:${port}` });

  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));

  expect(error).toMatchObject({ code: "MODEL_UNREACHABLE", retryable: true });
  expect(error.message).toContain("ECONNREFUSED");
});

test.each([
  ["ends without message_stop", { text: "partial", endWithoutStop: true }],
  ["holds garbage between its events", { text: "abcdef", chunkChars: 2, rubbish: "<html>garbage</html>\n\n" }],
  ["holds garbage that swallows an event", { text: "abcdef", chunkChars: 2, rubbish: "garbage" }],
  ["holds binary garbage", { text: "abcdef", chunkChars: 2, rubbish: Uint8Array.from([0, 255, 254, 10, 10]) }],
  ["holds an event that is not JSON", { text: "abcdef", rubbish: "event: content_block_delta\ndata: {oops\n\n" }],
  ["holds an event without a type", { text: "abcdef", rubbish: "event: content_block_delta\ndata: {}\n\n" }],
  ["holds a malformed event", { text: "ab", rubbish: 'event: message_delta\ndata: {"type":"message_delta","delta":5}\n\n' }],
  ["starts twice", { text: "ab", rubbish: 'event: message_start\ndata: {"type":"message_start","message":{}}\n\n' }],
  ["stops before its end", { text: "ab", rubbish: 'event: message_stop\ndata: {"type":"message_stop"}\n\n' }],
  ["skips a block", { text: "ab", rubbish: 'data: {"type":"content_block_start","index":7,"content_block":{"type":"text"}}\n\n' }],
  ["names a block that is not open", { text: "ab", rubbish: 'data: {"type":"content_block_stop","index":3}\n\n' }],
  ["mixes deltas up", { text: "ab", rubbish: 'data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"1"}}\n\n' }],
])("a stream that %s is a protocol error", async (_what, reply) => {
  const error = await failureFor(reply);

  expect(error).toMatchObject({ code: "MODEL_PROTOCOL", retryable: true });
});

test("events, blocks and deltas of an unknown kind are skipped", async () => {
  const { api, provider } = await connect();
  api.reply({
    text: "ab",
    rubbish: [
      'event: brand_new\ndata: {"type":"brand_new","x":1}\n\n',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"new_delta"}}\n\n',
      ": a comment\n\n",
    ].join(""),
  });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([{ type: "text", text: "ab" }]);
});

test("a page of a proxy instead of a stream is a protocol error", async () => {
  const error = await failureFor({ error: { status: 200, type: "x", headers: { "content-type": "text/html" } } });

  expect(error).toMatchObject({ code: "MODEL_PROTOCOL", retryable: true });
  expect(error.message).toContain("text/html");
});

test.each([undefined, "", "  \n"])("a key that is %j is missing, and no request is made", async (key) => {
  const { api, provider } = await connect({ apiKey: () => key });

  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));

  expect(error).toMatchObject({ code: "MODEL_KEY_MISSING", retryable: false, hint: expect.stringContaining("MY_MODEL_KEY") });
  expect(api.requests).toHaveLength(0);
});

test("a key with a line break at its end works", async () => {
  const { api, provider } = await connect({ apiKey: `${CANARY}\n` });
  api.reply({ text: "ok" });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.stop).toBe("end");
});

test.each(["not a url", "ftp://host", "https://user:hunter2@host"])("refuses the base URL %s without repeating a password", (baseURL) => {
  const create = (): ModelProvider => anthropicProvider({ apiKey: CANARY, keyName: "MY_MODEL_KEY", baseURL });

  expect(create).toThrow(SpecError);
  expect(create).not.toThrow(/hunter2/);
});

test("abort in the middle of a stream rejects with the reason and closes the connection", async () => {
  const { api, provider } = await connect();
  api.reply({ text: "abcdef", chunkChars: 1, stallAfterChunks: 2 });
  const controller = new AbortController();
  const reason = new Error("cancelled by a person");
  const context = modelContext(controller.signal);
  const call = provider.call(modelRequest([user("hi")]), {
    ...context,
    onDelta: (delta) => {
      context.onDelta(delta);
      if (context.deltas.length === 2) controller.abort(reason);
    },
  });

  await expect(call).rejects.toBe(reason);
  expect(await api.requests[0]?.ended).toBe("closed");
});

test("abort while waiting for the headers closes the connection", async () => {
  const { api, provider } = await connect();
  const controller = new AbortController();
  const reason = new Error("cancelled");
  api.respond(() => {
    controller.abort(reason);
    return { stallBeforeHeaders: true };
  });

  await expect(provider.call(modelRequest([user("hi")]), modelContext(controller.signal))).rejects.toBe(reason);
  expect(await api.requests[0]?.ended).toBe("closed");
});

test("a call that is aborted already asks nothing", async () => {
  const { api, provider } = await connect();
  const reason = new Error("too late");

  await expect(provider.call(modelRequest([user("hi")]), modelContext(AbortSignal.abort(reason)))).rejects.toBe(reason);
  expect(api.requests).toHaveLength(0);
});

test("an error of the listener comes through as it is and closes the connection", async () => {
  const { api, provider } = await connect();
  api.reply({ text: "abcdef", chunkChars: 1, chunkDelayMs: 20 });
  const broken = new Error("listener");
  const onDelta = (): void => {
    throw broken;
  };

  await expect(provider.call(modelRequest([user("hi")]), { ...modelContext(), onDelta })).rejects.toBe(broken);
  expect(await api.requests[0]?.ended).toBe("closed");
});

test("a response that stays open after its end does not hold the answer back", async () => {
  const { api, provider } = await connect({ idleTimeoutMs: 20_000 });
  api.reply({ text: "whole", neverEnd: true });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([{ type: "text", text: "whole" }]);
  expect(await api.requests[0]?.ended).toBe("closed");
});

test("calls in a row use one connection", async () => {
  const { api, provider } = await connect();
  api.reply({ text: "one" }, { text: "two" });

  await provider.call(modelRequest([user("hi")]), modelContext());
  await provider.call(modelRequest([user("hi")]), modelContext());

  expect(api.requests.map((request) => request.connection)).toEqual([0, 0]);
});

test("the same prompt and tools give the same bytes up to the messages, and the messages only grow", async () => {
  const { api, provider } = await connect();
  api.reply({ toolCalls: [{ name: "lookup", args: { a: 1 } }] }, { text: "done" });
  const tools = ["lookup", "apply", "zeta"].map((name) => ({ name, description: name, input: { type: "object", properties: {} } }));
  const system = { cacheKey: "same", layers: [{ name: "identity", text: "One." }, { name: "tools", text: "Two." }] };

  const first = await provider.call(modelRequest([user("hi")], { system, tools }), modelContext());
  const history = [user("hi"), first.message, results(toolResult("toolu_0_0", "42"))];
  await provider.call(modelRequest(history, { system: structuredClone(system), tools: tools.toReversed() }), modelContext());

  const [before, after] = api.requests.map((request) => request.bodyText.split('"messages":'));
  expect(after?.[0]).toBe(before?.[0]);
  expect(before?.[0]).toContain('"cache_control":{"type":"ephemeral"}');
  const [earlier, later] = api.requests.map((request) => withoutMarks(request.body.messages));
  expect(later?.slice(0, 1)).toEqual(earlier);
  expect(api.requests[0]?.body["system"]).toEqual([
    { type: "text", text: "One." },
    { type: "text", text: "Two.", cache_control: { type: "ephemeral" } },
  ]);
  expect(api.requests[1]?.body.messages?.at(-1)?.content).toEqual([
    { type: "tool_result", tool_use_id: "toolu_0_0", content: "42", cache_control: { type: "ephemeral" } },
  ]);
});

test("the transcripts that runs leave behind are ones the API takes", async () => {
  const { api, provider } = await connect();
  api.reply({ text: "ok" });
  const messages = [
    user("hi"),
    assistant([toolCall("a"), toolCall("b"), { type: "reasoning", text: "cut" }], "length"),
    results(toolResult("b", "1"), toolResult("stranger", "2")),
    user("go on"),
    assistant([]),
    user(" "),
    assistant([toolCall("call:1/2")], "tools"),
    user("changed my mind"),
  ];

  const { message } = await provider.call(modelRequest(messages), modelContext());

  expect(message.parts).toEqual([{ type: "text", text: "ok" }]);
});

const echo = `your key ${CANARY} (Authorization: Bearer ${CANARY}, ${encodeURIComponent(CANARY)}) is not welcome`;

test.each<[string, FakeReply]>([
  ["HTTP 401", { error: { status: 401, type: "authentication_error", message: echo } }],
  ["HTTP 400", { error: { status: 400, type: "invalid_request_error", message: echo } }],
  ["HTTP 429", { error: { status: 429, type: CANARY, message: echo, headers: { "request-id": CANARY } } }],
  ["HTTP 500 with a huge body", { error: { status: 500, type: "api_error", message: echo.repeat(2000) } }],
  ["an error event", { text: "a", streamError: { type: "overloaded_error", message: echo } }],
  ["garbage", { text: "a", rubbish: `${echo}\n\n` }],
  ["a wrong content type", { error: { status: 200, type: "x", headers: { "content-type": CANARY } } }],
  ["a cut", { text: "abc", chunkChars: 1, cutAfterChunks: 1 }],
  ["a stall", { stallAfterHeaders: true }],
])("no part of an error after %s holds the key", async (_what, reply) => {
  const error = await failureFor(reply, { idleTimeoutMs: 200 });

  const everything = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), error.message, error.hint, error.stack].join("\n");
  expect(everything).not.toContain("CANARY");
  expect(error.cause).toBeUndefined();
  expect(Buffer.byteLength(error.message + (error.hint ?? ""))).toBeLessThanOrEqual(ERROR_TEXT_BYTES);
});

test("a key that no header can hold is refused without being shown", async () => {
  const { provider } = await connect({ apiKey: `${CANARY}\nsecond` });

  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));

  expect(error).toMatchObject({ code: "MODEL_AUTH", retryable: false });
  expect(inspect(error, { depth: 20 })).not.toContain("CANARY");
});

function withoutMarks(messages: unknown): unknown[] {
  const plain: unknown = JSON.parse(JSON.stringify(messages, (key, value: unknown) => (key === "cache_control" ? undefined : value)));
  return Array.isArray(plain) ? plain : [];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
