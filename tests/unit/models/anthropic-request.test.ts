import { expect, test } from "vitest";
import { connectAnthropic } from "../../helpers/anthropic-fake.ts";
import {
  assistant,
  modelContext,
  modelRequest,
  results,
  toolCall,
  toolResult,
  user,
} from "../../helpers/model-call.ts";

test("reasoning goes back to the provider exactly as it came", async () => {
  const { api, provider } = await connectAnthropic();
  api.reply(
    {
      reasoning: [{ text: "think ", signature: "sig=+/" }, { redacted: "blob" }],
      toolCalls: [{ name: "lookup", args: {} }],
    },
    { text: "done" },
  );
  const first = await provider.call(modelRequest([user("hi")]), modelContext());

  await provider.call(
    modelRequest([user("hi"), first.message, results(toolResult("toolu_0_0", "42"))]),
    modelContext(),
  );

  expect(api.requests[1]?.body.messages?.[1]?.content).toEqual([
    { type: "thinking", thinking: "think ", signature: "sig=+/" },
    { type: "redacted_thinking", data: "blob" },
    { type: "tool_use", id: "toolu_0_0", name: "lookup", input: {} },
  ]);
});

test("sends the model's settings as declared and leaves out what was not", async () => {
  const { api, provider } = await connectAnthropic();
  api.reply({ text: "a" }, { text: "b" });
  const model = {
    id: "claude-x",
    provider: "anthropic",
    maxTokens: 2048,
    temperature: 0,
    thinking: { type: "enabled", budget_tokens: 1024 },
  };

  await provider.call(modelRequest([user("hi")], { model }), modelContext());
  await provider.call(modelRequest([user("hi")]), modelContext());

  expect(api.requests[0]?.body).toMatchObject({
    model: "claude-x",
    max_tokens: 2048,
    temperature: 0,
    thinking: model.thinking,
    stream: true,
  });
  expect(api.requests[1]?.body).not.toHaveProperty("temperature");
  expect(api.requests[1]?.body).not.toHaveProperty("thinking");
  expect(api.requests[1]?.body).not.toHaveProperty("tools");
});

test("the same prompt and tools give the same bytes up to the messages, and the messages only grow", async () => {
  const { api, provider } = await connectAnthropic();
  api.reply({ toolCalls: [{ name: "lookup", args: { a: 1 } }] }, { text: "done" });
  const tools = ["lookup", "apply", "zeta"].map((name) => ({
    name,
    description: name,
    input: { type: "object", properties: {} },
  }));
  const system = {
    cacheKey: "same",
    layers: [
      { name: "identity", text: "One." },
      { name: "tools", text: "Two." },
    ],
  };

  const first = await provider.call(modelRequest([user("hi")], { system, tools }), modelContext());
  const history = [user("hi"), first.message, results(toolResult("toolu_0_0", "42"))];
  await provider.call(
    modelRequest(history, { system: structuredClone(system), tools: tools.toReversed() }),
    modelContext(),
  );

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
  const { api, provider } = await connectAnthropic();
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

function withoutMarks(messages: unknown): unknown[] {
  const plain: unknown = JSON.parse(
    JSON.stringify(messages, (key, value: unknown) => (key === "cache_control" ? undefined : value)),
  );
  return Array.isArray(plain) ? plain : [];
}
