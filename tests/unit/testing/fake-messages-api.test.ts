import { Anthropic } from "@anthropic-ai/sdk";
import { expect, onTestFinished, test } from "vitest";
import {
  type FakeDeltaSent,
  type FakeMessagesApi,
  type FakeMessagesApiOptions,
  type FakeReply,
  startFakeMessagesApi,
} from "../../../src/testing/index.ts";

const ASK = { model: "claude-test", max_tokens: 100, messages: [{ role: "user" as const, content: "hi" }] };

async function start(options: FakeMessagesApiOptions = {}): Promise<FakeMessagesApi> {
  const api = await startFakeMessagesApi(options);
  onTestFinished(() => api.close());
  return api;
}

function client(api: FakeMessagesApi, apiKey = "any"): Anthropic {
  return new Anthropic({ apiKey, baseURL: api.url, maxRetries: 0, logLevel: "off", openTelemetry: false });
}

function post(
  api: FakeMessagesApi,
  body: unknown,
  headers: Record<string, string> = { "x-api-key": "any" },
): Promise<Response> {
  return fetch(`${api.url}/v1/messages`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

test("writes the streaming wire format", async () => {
  const api = await start();
  api.reply({ text: ["He", "llo"], usage: { inputTokens: 3, outputTokens: 2 } });

  const response = await post(api, { ...ASK, stream: true });

  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("request-id")).toBe("req_fake_0");
  const events = (await response.text()).trimEnd().split("\n\n");
  expect(events.map((event) => event.split("\n")[0]?.replace("event: ", ""))).toEqual([
    "message_start",
    "ping",
    "content_block_start",
    "content_block_delta",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
  expect(events[3]).toBe(
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"He"}}',
  );
});

const RICH: FakeReply = {
  reasoning: [{ text: "thinking", signature: "sig" }, { redacted: "blob" }],
  text: "Hello",
  toolCalls: [
    { name: "lookup", args: { id: 1 } },
    { name: "list", id: "mine" },
  ],
  usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 },
};
const RICH_MESSAGE = {
  role: "assistant",
  model: "claude-test",
  stop_reason: "tool_use",
  content: [
    { type: "thinking", thinking: "thinking", signature: "sig" },
    { type: "redacted_thinking", data: "blob" },
    { type: "text", text: "Hello" },
    { type: "tool_use", id: "toolu_0_0", name: "lookup", input: { id: 1 } },
    { type: "tool_use", id: "mine", name: "list", input: {} },
  ],
  usage: { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 },
};

test("the official client understands a streamed reply", async () => {
  const api = await start();
  api.reply(RICH);

  const message = await client(api).messages.stream(ASK).finalMessage();

  expect(message).toMatchObject(RICH_MESSAGE);
});

test("the official client understands a whole reply", async () => {
  const api = await start();
  api.reply(RICH);

  const message = await client(api).messages.create(ASK);

  expect(message).toMatchObject(RICH_MESSAGE);
});

test("records what was asked, byte for byte, without the key", async () => {
  const api = await start();
  api.reply({ text: "ok" }, { text: "ok" });

  await client(api, "sk-ant-secret-key-1").messages.create(ASK);
  await post(api, '{ "model":"m", "max_tokens":1, "messages":[{"role":"user","content":"hé"}] }', {
    "x-api-key": "sk-ant-secret-key-2",
  });

  expect(api.requests.map((request) => [request.index, request.hasKey, request.body.model])).toEqual([
    [0, true, "claude-test"],
    [1, true, "m"],
  ]);
  expect(api.requests[1]?.bodyText).toBe(
    '{ "model":"m", "max_tokens":1, "messages":[{"role":"user","content":"hé"}] }',
  );
  expect(api.requests[0]?.headers["anthropic-version"]).toBeTruthy();
  expect(JSON.stringify(api.requests)).not.toContain("secret-key");
});

test("answers from the queue first and from the handler after it", async () => {
  const api = await start();
  api.respond(async (request, index) => ({ text: `handled ${index} for ${request.body.model}` }));
  api.reply({ text: "queued" });

  const texts = [];
  for (let call = 0; call < 2; call++) texts.push((await client(api).messages.create(ASK)).content[0]);

  expect(texts).toMatchObject([{ text: "queued" }, { text: "handled 1 for claude-test" }]);
});

test("a request that nobody expected fails at once and says so", async () => {
  const api = await start();

  const response = await post(api, ASK);

  expect(response.status).toBe(400);
  expect(await response.text()).toContain("no reply for request 0");
});

test("answers errors in the form of the API, with their headers", async () => {
  const api = await start();
  api.reply({
    error: {
      status: 429,
      type: "rate_limit_error",
      message: "slow down",
      retryAfter: "2",
      headers: { "x-extra": "1" },
    },
  });

  const response = await post(api, ASK);

  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("2");
  expect(response.headers.get("x-extra")).toBe("1");
  expect(await response.json()).toEqual({ type: "error", error: { type: "rate_limit_error", message: "slow down" } });
});

test.each([
  ["without a key", {}, 401],
  ["with a wrong key", { "x-api-key": "wrong" }, 401],
  ["with the key as a header", { "x-api-key": "right" }, 200],
  ["with the key as a bearer token", { authorization: "Bearer right" }, 200],
])("a request %s is answered with its status", async (_how, headers, status) => {
  const api = await start({ apiKey: "right" });
  api.reply({ text: "ok" });

  expect((await post(api, ASK, headers)).status).toBe(status);
});

test("anything but the Messages API is not found", async () => {
  const api = await start();

  const response = await fetch(`${api.url}/v1/models`);

  expect(response.status).toBe(404);
});

const call = (id: string): object => ({ type: "tool_use", id, name: "lookup", input: {} });
const result = (id: string): object => ({ type: "tool_result", tool_use_id: id, content: "1" });
const says = (role: string, ...content: object[]): object => ({ role, content });
const text = (value: string): object => ({ type: "text", text: value });
const hi = says("user", text("hi"));

test.each<[string, object, string]>([
  ["no max_tokens", { max_tokens: undefined }, "max_tokens"],
  ["no messages", { messages: [] }, "messages"],
  ["an assistant that begins", { messages: [says("assistant", text("a"))] }, "first message"],
  ["an empty text", { messages: [says("user", text(" "))] }, "non-empty"],
  ["an unanswered call", { messages: [hi, says("assistant", call("a"))] }, "without `tool_result`"],
  [
    "an answer to nothing",
    { messages: [hi, says("assistant", text("a")), says("user", result("a"))] },
    "unexpected `tool_use_id`",
  ],
  [
    "a result behind text",
    { messages: [hi, says("assistant", call("a")), says("user", text("a"), result("a"))] },
    "must come first",
  ],
  [
    "one id twice",
    { messages: [hi, says("assistant", call("a"), call("a")), says("user", result("a"))] },
    "must be unique",
  ],
  ["an id with a colon", { messages: [hi, says("assistant", call("a:b")), says("user", result("a:b"))] }, "id"],
  [
    "unsigned reasoning",
    { messages: [hi, says("assistant", { type: "thinking", thinking: "a" }, text("b"))] },
    "signature",
  ],
  [
    "reasoning at the end",
    { messages: [hi, says("assistant", { type: "redacted_thinking", data: "a" })] },
    "final block",
  ],
  [
    "five cache marks",
    {
      messages: [
        says("user", ...Array.from({ length: 5 }, () => ({ ...text("a"), cache_control: { type: "ephemeral" } }))),
      ],
    },
    "cache_control",
  ],
  ["a tool twice", { tools: [1, 2].map(() => ({ name: "t", input_schema: { type: "object" } })) }, "unique"],
])("refuses %s as the real API does, unless it is told not to", async (_what, fields, complaint) => {
  const strict = await start();
  const lenient = await start({ isStrict: false });
  lenient.reply({ text: "ok" });

  const refused = await post(strict, { ...ASK, ...fields });
  const taken = await post(lenient, { ...ASK, ...fields });

  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain(complaint);
  expect(taken.status).toBe(200);
});

test("a body that is not JSON is refused", async () => {
  const api = await start();

  expect((await post(api, "{")).status).toBe(400);
});

test("says when each delta went out", async () => {
  const sent: FakeDeltaSent[] = [];
  const api = await start({ onDeltaSent: (delta) => void sent.push(delta) });
  api.reply({ text: "abc", chunkChars: 1, chunkDelayMs: 10 });
  const before = performance.now();

  await (await post(api, { ...ASK, stream: true })).text();

  expect(sent.map(({ requestIndex, deltaIndex }) => [requestIndex, deltaIndex])).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
  ]);
  const times = [before, ...sent.map((delta) => delta.at), performance.now()];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect((sent[2]?.at ?? 0) - (sent[0]?.at ?? 0)).toBeGreaterThan(15);
});

test("waits before the headers when told to", async () => {
  const api = await start();
  api.reply({ text: "a", delayMs: 60 });
  const started = performance.now();

  await post(api, ASK);

  expect(performance.now() - started).toBeGreaterThan(55);
});

test("knows whether an answer was taken to its end", async () => {
  const api = await start();
  api.reply({ text: "a" }, { stallAfterHeaders: true });
  const hangUp = new AbortController();

  await (await post(api, { ...ASK, stream: true })).text();
  const body = JSON.stringify({ ...ASK, stream: true });
  const response = await fetch(`${api.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": "any" },
    body,
    signal: hangUp.signal,
  });
  hangUp.abort();

  expect(response.status).toBe(200);
  expect(await api.requests[0]?.ended).toBe("answered");
  expect(await api.requests[1]?.ended).toBe("closed");
});

test("closes while a request hangs", async () => {
  const api = await startFakeMessagesApi();
  const arrived = new Promise<void>((resolve) => {
    api.respond(() => {
      resolve();
      return { stallBeforeHeaders: true };
    });
  });
  const hanging = post(api, ASK);
  await arrived;

  await api.close();

  await expect(hanging).rejects.toThrow("fetch failed");
});

test("takes the port it is given, and fails when it is taken", async () => {
  const first = await start();
  const port = Number(new URL(first.url).port);

  await expect(startFakeMessagesApi({ port })).rejects.toThrow("EADDRINUSE");
});

test("a field of a reply that nobody reads is refused, with the one that was meant", async () => {
  const api = await startFakeMessagesApi();
  onTestFinished(() => api.close());
  const mistyped = { toolCalls: [{ name: "add", arg: {} }] };
  api.respond(() => mistyped);

  const answer = await fetch(`${api.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": "any" },
    body: JSON.stringify({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }] }),
  });

  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('the unknown field toolCalls[0].arg: did you mean \\"args\\"?');
  expect(() => api.reply(mistyped)).toThrow(TypeError);
});
