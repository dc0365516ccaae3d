import { expect, test } from "vitest";
import { anthropicFailure, connectAnthropic } from "../../helpers/anthropic-fake.ts";
import { failureOf, modelContext, modelRequest, user } from "../../helpers/model-call.ts";

test.each([
  ["before the headers", { stallBeforeHeaders: true }],
  ["after the headers", { stallAfterHeaders: true }],
  ["in the middle", { text: "abcdef", chunkChars: 1, stallAfterChunks: 3 }],
])("a provider that stalls %s is noticed and hung up on", async (_when, reply) => {
  const { api, provider } = await connectAnthropic({ idleTimeoutMs: 500 });
  api.reply(reply);

  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));

  expect(error).toMatchObject({ code: "MODEL_STALLED", retryable: true });
  expect(await api.requests[0]?.ended).toBe("closed");
});

test("a slow stream that keeps sending is not stalled", async () => {
  const { api, provider } = await connectAnthropic({ idleTimeoutMs: 300 });
  api.reply({ text: "abcdefgh", chunkChars: 1, chunkDelayMs: 60 });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([{ type: "text", text: "abcdefgh" }]);
});

test("a connection cut in the middle of the stream is unreachable, and what came was streamed", async () => {
  const { api, provider } = await connectAnthropic();
  api.reply({ text: "abcdef", chunkChars: 1, chunkDelayMs: 20, cutAfterChunks: 3 });
  const context = modelContext();

  const error = await failureOf(provider.call(modelRequest([user("hi")]), context));

  expect(error).toMatchObject({ code: "MODEL_UNREACHABLE", retryable: true });
  expect(context.deltas.map((delta) => delta.text).join("")).toMatch(/^abc?$/);
});

test.each([
  ["ends without message_stop", { text: "partial", endWithoutStop: true }],
  ["holds garbage between its events", { text: "abcdef", chunkChars: 2, rubbish: "<html>garbage</html>\n\n" }],
  ["holds garbage that swallows an event", { text: "abcdef", chunkChars: 2, rubbish: "garbage" }],
  ["holds binary garbage", { text: "abcdef", chunkChars: 2, rubbish: Uint8Array.from([0, 255, 254, 10, 10]) }],
  ["holds an event that is not JSON", { text: "abcdef", rubbish: "event: content_block_delta\ndata: {oops\n\n" }],
  ["holds an event without a type", { text: "abcdef", rubbish: "event: content_block_delta\ndata: {}\n\n" }],
  [
    "holds a malformed event",
    { text: "ab", rubbish: 'event: message_delta\ndata: {"type":"message_delta","delta":5}\n\n' },
  ],
  ["starts twice", { text: "ab", rubbish: 'event: message_start\ndata: {"type":"message_start","message":{}}\n\n' }],
  ["stops before its end", { text: "ab", rubbish: 'event: message_stop\ndata: {"type":"message_stop"}\n\n' }],
  [
    "never closes a block",
    { text: "ab", rubbish: 'data: {"type":"content_block_start","index":1,"content_block":{"type":"text"}}\n\n' },
  ],
  [
    "misnumbers a block",
    {
      text: "ab",
      rubbish:
        'data: {"type":"content_block_start","index":7,"content_block":{"type":"text"}}\n\n' +
        'data: {"type":"content_block_stop","index":1}\n\n',
    },
  ],
  ["names a block that is not open", { text: "ab", rubbish: 'data: {"type":"content_block_stop","index":3}\n\n' }],
  [
    "mixes deltas up",
    {
      text: "ab",
      rubbish:
        'data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"1"}}\n\n',
    },
  ],
])("a stream that %s is a protocol error", async (_what, reply) => {
  const error = await anthropicFailure(reply);

  expect(error).toMatchObject({ code: "MODEL_PROTOCOL", retryable: true });
});

test("events, blocks and deltas of an unknown kind are skipped", async () => {
  const { api, provider } = await connectAnthropic();
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
  const error = await anthropicFailure({ error: { status: 200, type: "x", headers: { "content-type": "text/html" } } });

  expect(error).toMatchObject({ code: "MODEL_PROTOCOL", retryable: true });
  expect(error.message).toContain("text/html");
});
