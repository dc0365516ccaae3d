import { expect, test } from "vitest";
import { connectAnthropic } from "../../helpers/anthropic-fake.ts";
import { modelContext, modelRequest, toolCall, user } from "../../helpers/model-call.ts";

test("returns the tool calls of a reply with parsed arguments", async () => {
  const { api, provider } = await connectAnthropic();
  api.reply({
    text: "Looking.",
    toolCalls: [
      { name: "lookup", args: { id: "p-001", deep: [1, { a: null }] } },
      { name: "list", argsText: "" },
    ],
  });

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
  const { api, provider } = await connectAnthropic();
  api.reply({ text: "so far", stopReason });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.stop).toBe(stop);
});

test("an unknown stop reason with tool calls means that the calls are wanted", async () => {
  const { api, provider } = await connectAnthropic();
  api.reply({ toolCalls: [{ name: "lookup", args: {} }], stopReason: "a_new_reason" });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.stop).toBe("tools");
});

test.each(["end_turn", "refusal"])("an empty reply that stopped with %s has no parts", async (stopReason) => {
  const { api, provider } = await connectAnthropic();
  api.reply({ stopReason });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([]);
});

test("a tool call cut by max_tokens keeps its id and name, never half of its arguments", async () => {
  const { api, provider } = await connectAnthropic();
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
  const { api, provider } = await connectAnthropic();
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
  const { api, provider } = await connectAnthropic();
  api.reply({ toolCalls: [{ name: "lookup", argsText }] });

  const { message, malformedArgs } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([toolCall("toolu_0_0", "lookup", {})]);
  expect(malformedArgs["toolu_0_0"]).toMatch(complaint);
  expect(malformedArgs["toolu_0_0"]?.length).toBeLessThanOrEqual(200);
});

test("calls with the same id are told apart, the same way every time", async () => {
  const { api, provider } = await connectAnthropic();
  const call = { name: "lookup", id: "toolu_x" };
  api.reply({ toolCalls: [call, { ...call, argsText: "{" }, { ...call, id: "toolu_x_2" }, call] });

  const { message, malformedArgs } = await provider.call(modelRequest([user("hi")]), modelContext());

  const ids = message.parts.map((part) => (part.type === "tool-call" ? part.id : ""));
  expect(ids).toEqual(["toolu_x", "toolu_x_2", "toolu_x_2_2", "toolu_x_3"]);
  expect(Object.keys(malformedArgs)).toEqual(["toolu_x_2"]);
});

test("takes 5 MB of arguments", async () => {
  const { api, provider } = await connectAnthropic();
  const args = { rows: Array.from({ length: 50_000 }, (_, id) => ({ id, text: "x".repeat(80) })) };
  api.reply({ toolCalls: [{ name: "store", args }] });

  const { message } = await provider.call(modelRequest([user("hi")]), modelContext());

  expect(message.parts).toEqual([toolCall("toolu_0_0", "store", args)]);
  expect(JSON.stringify(args).length).toBeGreaterThan(5_000_000);
});
