import { expect, test } from "vitest";
import { toAnthropicMessages } from "../../../src/models/anthropic-messages.ts";
import { checkFakeRequest } from "../../../src/testing/fake-request-check.ts";
import { assistant, results, toolCall, toolResult, user } from "../../helpers/model-call.ts";

const hi = { role: "user", content: [{ type: "text", text: "hi" }] };

test("merges messages of one role and puts tool results first", () => {
  const messages = toAnthropicMessages([
    user("hi"),
    assistant([toolCall("a")], "tools"),
    user("wait"),
    results(toolResult("a", "1", { isError: true })),
    user("go"),
  ]);

  expect(messages).toEqual([
    hi,
    { role: "assistant", content: [{ type: "tool_use", id: "a", name: "lookup", input: {} }] },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "a", content: "1", is_error: true },
        { type: "text", text: "wait" },
        { type: "text", text: "go" },
      ],
    },
  ]);
});

test("drops empty and invisible assistant messages and merges what stood around them", () => {
  const messages = toAnthropicMessages([
    user("hi"),
    assistant([]),
    user("there"),
    assistant([{ type: "text", text: " \n" }]),
    user("you"),
  ]);

  expect(messages).toEqual([{ role: "user", content: ["hi", "there", "you"].map((text) => ({ type: "text", text })) }]);
});

test("drops reasoning of another provider", () => {
  const messages = toAnthropicMessages([
    user("hi"),
    assistant([
      { type: "reasoning", text: "unsigned" },
      { type: "reasoning", text: "foreign", opaque: { type: "reasoning.encrypted", blob: "x" } },
      { type: "text", text: "hello" },
    ]),
  ]);

  expect(messages[1]).toEqual({ role: "assistant", content: [{ type: "text", text: "hello" }] });
});

test("drops reasoning that nothing visible follows", () => {
  const signed = { type: "reasoning" as const, text: "hm", opaque: { type: "thinking", signature: "s" } };

  const messages = toAnthropicMessages([
    user("hi"),
    assistant([signed, { type: "text", text: "a" }, signed], "length"),
    user("go on"),
    assistant([signed]),
  ]);

  expect(messages).toEqual([
    hi,
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "a" },
      ],
    },
    { role: "user", content: [{ type: "text", text: "go on" }] },
  ]);
});

test("keeps ids the API takes and makes others fit without mixing them up", () => {
  const ids = ["toolu_1", "a:b", "a.b"];

  const messages = toAnthropicMessages([
    user("hi"),
    assistant(
      ids.map((id) => toolCall(id)),
      "tools",
    ),
    results(...ids.map((id) => toolResult(id, id))),
  ]);

  const sent = messages[1]?.content;
  expect(sent).toMatchObject([
    { id: "toolu_1" },
    { id: expect.stringMatching(/^a_b_\w{8}$/) },
    { id: expect.stringMatching(/^a_b_\w{8}$/) },
  ]);
  expect(checkFakeRequest({ model: "m", max_tokens: 1, messages })).toBeUndefined();
});

test("answers calls that nobody answered and drops answers that nobody asked for", () => {
  const messages = toAnthropicMessages([
    user("hi"),
    assistant([toolCall("a"), toolCall("b")], "refusal"),
    results(toolResult("b", "1"), toolResult("b", "twice"), toolResult("c", "2")),
    assistant([toolCall("d")], "length"),
    user("go on"),
    assistant([toolCall("e")], "length"),
  ]);

  const notRun = (id: string): object => ({
    type: "tool_result",
    tool_use_id: id,
    content: "This call was not run.",
    is_error: true,
  });
  expect(messages.map((message) => message.content)).toMatchObject([
    hi.content,
    [{ id: "a" }, { id: "b" }],
    [{ type: "tool_result", tool_use_id: "b", content: "1" }, notRun("a")],
    [{ id: "d" }],
    [notRun("d"), { type: "text", text: "go on" }],
    [{ id: "e" }],
    [notRun("e")],
  ]);
  expect(checkFakeRequest({ model: "m", max_tokens: 1, messages })).toBeUndefined();
});

test("sends arguments that are not an object as none, which is all the API takes", () => {
  const messages = toAnthropicMessages([
    user("hi"),
    assistant([toolCall("a", "lookup", [1])], "tools"),
    results(toolResult("a", "1")),
  ]);

  expect(messages[1]?.content).toMatchObject([{ input: {} }]);
});
