import { inspect } from "node:util";
import { expect, test } from "vitest";
import { anthropicProvider } from "../../../src/models/anthropic.ts";
import type { ModelProvider } from "../../../src/models/port.ts";
import { SpecError } from "../../../src/protocol/errors.ts";
import { CANARY, connectAnthropic } from "../../helpers/anthropic-fake.ts";
import { failureOf, modelContext, modelRequest, user } from "../../helpers/model-call.ts";

test("streams text and reasoning and returns the whole reply with its usage", async () => {
  const { api, provider } = await connectAnthropic();
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

test.each([undefined, "", "  \n"])("a key that is %j is missing, and no request is made", async (key) => {
  const { api, provider } = await connectAnthropic({ apiKey: () => key });

  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));

  expect(error).toMatchObject({
    code: "MODEL_KEY_MISSING",
    retryable: false,
    hint: expect.stringContaining("MY_MODEL_KEY"),
  });
  expect(api.requests).toHaveLength(0);
});

test("a key with a line break at its end works", async () => {
  const { api, provider } = await connectAnthropic({ apiKey: `${CANARY}\n` });
  api.reply({ text: "ok" });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.stop).toBe("end");
});

test("a blank base URL, as an empty variable gives it, is the default", () => {
  expect(anthropicProvider({ apiKey: CANARY, keyName: "MY_MODEL_KEY", baseURL: " " }).name).toBe("anthropic");
});

test.each(["not a url", "ftp://host", "https://user:hunter2@host"])(
  "refuses the base URL %s without repeating a password",
  (baseURL) => {
    const create = (): ModelProvider => anthropicProvider({ apiKey: CANARY, keyName: "MY_MODEL_KEY", baseURL });

    expect(create).toThrow(SpecError);
    expect(create).not.toThrow(/hunter2/);
  },
);

test("abort in the middle of a stream rejects with the reason and closes the connection", async () => {
  const { api, provider } = await connectAnthropic();
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
  const { api, provider } = await connectAnthropic();
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
  const { api, provider } = await connectAnthropic();
  const reason = new Error("too late");

  await expect(provider.call(modelRequest([user("hi")]), modelContext(AbortSignal.abort(reason)))).rejects.toBe(reason);
  expect(api.requests).toHaveLength(0);
});

test("an error of the listener comes through as it is and closes the connection", async () => {
  const { api, provider } = await connectAnthropic();
  api.reply({ text: "abcdef", chunkChars: 1, chunkDelayMs: 20 });
  const broken = new Error("listener");
  const onDelta = (): void => {
    throw broken;
  };

  await expect(provider.call(modelRequest([user("hi")]), { ...modelContext(), onDelta })).rejects.toBe(broken);
  expect(await api.requests[0]?.ended).toBe("closed");
});

test("a response that stays open after its end does not hold the answer back", async () => {
  const { api, provider } = await connectAnthropic({ idleTimeoutMs: 20_000 });
  api.reply({ text: "whole", neverEnd: true });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([{ type: "text", text: "whole" }]);
  expect(await api.requests[0]?.ended).toBe("closed");
});

test("calls in a row use the connections of earlier ones", async () => {
  const { api, provider } = await connectAnthropic();
  api.respond(() => ({ text: "hello" }));

  for (let call = 0; call < 6; call++) await provider.call(modelRequest([user("hi")]), modelContext());

  expect(new Set(api.requests.map((request) => request.connection)).size).toBeLessThanOrEqual(2);
});

test("a key that no header can hold is refused without being shown", async () => {
  const { provider } = await connectAnthropic({ apiKey: `${CANARY}\nsecond` });

  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));

  expect(error).toMatchObject({ code: "MODEL_AUTH", retryable: false });
  expect(inspect(error, { depth: 20 })).not.toContain("CANARY");
});
