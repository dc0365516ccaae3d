import { expect, test } from "vitest";
import type { ModelReply } from "../../../src/models/port.ts";
import { scriptedProvider, type ScriptedProviderOptions } from "../../../src/models/scripted.ts";
import type { Message } from "../../../src/protocol/message.ts";
import {
  assistant,
  failureOf,
  modelContext,
  modelRequest,
  results,
  toolCall,
  toolResult,
  user,
} from "../../helpers/model-call.ts";

/** Runs a script to its end the way the harness does; every tool answers with `answers` by name, else with its arguments. */
async function play(
  script: unknown,
  answers: { readonly [tool: string]: string } = {},
): Promise<readonly ModelReply[]> {
  const provider = scriptedProvider();
  const messages: Message[] = [user(typeof script === "string" ? script : JSON.stringify(script))];
  const replies: ModelReply[] = [];
  for (let step = 0; replies.at(-1)?.message.stop !== "end"; step++) {
    const reply = await provider.call(modelRequest(messages, { seed: `turn/${step}` }), modelContext());
    replies.push(reply);
    const calls = reply.message.parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
    messages.push(reply.message);
    if (calls.length > 0)
      messages.push(
        results(...calls.map(({ id, name, args }) => toolResult(id, answers[name] ?? JSON.stringify(args), { name }))),
      );
  }
  return replies;
}

function partsOf(replies: readonly ModelReply[]): unknown[] {
  return replies.map((reply) =>
    reply.message.parts.map((part) =>
      part.type === "tool-call" ? [part.name, part.args] : `${part.type}: ${part.text}`,
    ),
  );
}

test("a script is run one reply per step and ends with its last text", async () => {
  const replies = await play([{ tool: "lookup", args: { id: 1 } }, { tool: "list" }, { text: "All done." }]);

  expect(partsOf(replies)).toEqual([[["lookup", { id: 1 }]], [["list", {}]], ["text: All done."]]);
  expect(replies.map((reply) => reply.message.stop)).toEqual(["tools", "tools", "end"]);
});

test("text and reasoning that are not last go out with the next calls", async () => {
  const replies = await play([
    { reasoning: "hm" },
    { text: "First" },
    {
      tools: [
        { tool: "a", args: {} },
        { tool: "b", args: { x: 2 } },
      ],
    },
    { reasoning: "so" },
    { text: "end" },
  ]);

  expect(partsOf(replies)).toEqual([
    ["reasoning: hm", "text: First", ["a", {}], ["b", { x: 2 }]],
    ["reasoning: so", "text: end"],
  ]);
});

test("a script without a last text ends with the last results", async () => {
  const replies = await play([{ tool: "first", args: {} }, { tools: [{ tool: "a" }, { tool: "b" }] }], {
    first: "no",
    a: "A!",
    b: "B!",
  });

  expect(partsOf(replies).at(-1)).toEqual(["text: A!\nB!"]);
});

test("the results at the end are cut", async () => {
  const replies = await play([{ tool: "a" }], { a: "x".repeat(600) });

  expect(partsOf(replies).at(-1)).toEqual([`text: ${"x".repeat(500)}`]);
});

test.each([
  "list the products you have",
  "[1, 2, 3]",
  "[]",
  '[{"name": "x"}, 1]',
  '{"tool": "a"}',
  "[not json",
  '"tool"',
])("the prompt %s is no script and is answered with itself", async (prompt) => {
  const replies = await play(prompt);

  expect(partsOf(replies)).toEqual([[`text: ${prompt}`]]);
});

test.each([
  [[{ tool: "a", args: [] }], /\[0\]\.args: expected record, received array/],
  [[{ tool: "a" }, { tool: 5 }], /\[1\]\.tool: expected string, received number/],
  [[{ tool: "a", arg: {} }], /\[0\]: expected only the keys of one step, received also arg/],
  [[{ tool: "a" }, { txt: "b" }], /\[1\]: expected one of the keys tool, tools, text, reasoning, received keys txt/],
  [[{ tool: "a" }, "b"], /\[1\]: .* received string/],
  [[{ tol: "nope" }], /\[0\]: expected one of the keys tool, tools, text, reasoning, received keys tol/],
  [[{ name: "x" }, { name: "y" }], /\[0\]: .* received keys name/],
  [[{ text: "a" }, {}], /\[1\]: .* received keys \(none\)/],
  [[{ tools: [{ tool: "a" }, { tool: "b", args: 1 }] }], /\[0\]\.tools\.1\.args: expected record, received number/],
  [[{ tool: "a" }, { text: null }], /\[1\]\.text: expected string, received null/],
])("the malformed script %j is refused with place, expected and received", async (script, message) => {
  const error = await failureOf(play(script));

  expect(error).toMatchObject({
    code: "MODEL_SCRIPT_INVALID",
    retryable: false,
    hint: expect.stringContaining('"tool"'),
  });
  expect(error.message).toMatch(message);
});

test("a script that is not JSON is refused", async () => {
  const error = await failureOf(play('[{"tool": "a", "args": {}'));

  expect(error.code).toBe("MODEL_SCRIPT_INVALID");
});

test("arguments can use earlier results", async () => {
  const script = [
    { tool: "search", args: {} },
    { tool: "apply", args: { whole: { $result: "search" }, list: [{ id: { $result: "search", path: "rows.1.id" } }] } },
  ];

  const replies = await play(script, { search: '{"rows":[{"id":1},{"id":"p-2"}]}' });

  expect(partsOf(replies)[1]).toEqual([
    ["apply", { whole: { rows: [{ id: 1 }, { id: "p-2" }] }, list: [{ id: "p-2" }] }],
  ]);
});

test("arguments use the latest result of a tool, and one that is not JSON as text", async () => {
  const use = { tool: "use", args: { value: { $result: "search" } } };
  const messages = [
    user(JSON.stringify([{ tool: "search" }, { tool: "search" }, use])),
    assistant([toolCall("1", "search")], "tools"),
    results(toolResult("1", '"old"', { name: "search" })),
    assistant([toolCall("2", "search")], "tools"),
    results(toolResult("2", "plain words", { name: "search" })),
  ];

  const { message } = await scriptedProvider().call(modelRequest(messages), modelContext());

  expect(message.parts).toMatchObject([{ name: "use", args: { value: "plain words" } }]);
});

test("arguments can use any earlier result of a tool by its number", async () => {
  const use = { tool: "use", args: { first: { $result: "search", call: 0 }, second: { $result: "search", call: 1 } } };
  const messages = [
    user(JSON.stringify([{ tool: "search" }, { tool: "search" }, use])),
    assistant([toolCall("1", "search")], "tools"),
    results(toolResult("1", '"old"', { name: "search" })),
    assistant([toolCall("2", "search")], "tools"),
    results(toolResult("2", '"new"', { name: "search" })),
  ];

  const { message } = await scriptedProvider().call(modelRequest(messages), modelContext());

  expect(message.parts).toMatchObject([{ name: "use", args: { first: "old", second: "new" } }]);
});

test.each([
  [{ $result: "never" }, /\[1\]\.args\.x: expected result 0 of the tool "never", received 0 results/],
  [{ $result: "search", path: "rows.9" }, /expected a value at "rows\.9" of the result of "search"/],
  [{ $result: "search", paths: "rows" }, /expected \{"\$result": tool/],
])("the placeholder %j that leads nowhere is refused", async (placeholder, message) => {
  const error = await failureOf(
    play([{ tool: "search" }, { tool: "use", args: { x: placeholder } }], { search: '{"rows":[]}' }),
  );

  expect(error.code).toBe("MODEL_SCRIPT_INVALID");
  expect(error.message).toMatch(message);
});

test("only the last prompt is the script", async () => {
  const messages = [
    user(JSON.stringify([{ tool: "old" }, { text: "x" }])),
    assistant([toolCall("1", "old")], "tools"),
    results(toolResult("1", "1")),
    assistant([{ type: "text", text: "x" }]),
    user(JSON.stringify([{ tool: "new" }])),
  ];

  const { message } = await scriptedProvider().call(modelRequest(messages), modelContext());

  expect(message.parts).toMatchObject([{ name: "new" }]);
});

test("the same request gives the same reply, and ids differ between steps", async () => {
  const provider = scriptedProvider();
  const request = modelRequest([user('[{"tools":[{"tool":"a"},{"tool":"b"}]}]')]);

  const replies = await Promise.all([
    provider.call(request, modelContext()),
    provider.call(request, modelContext()),
    provider.call({ ...request, seed: "other" }, modelContext()),
  ]);

  expect(replies[1]).toEqual(replies[0]);
  expect(replies[0].message.parts).toMatchObject([
    { id: expect.stringMatching(/^call_[0-9a-f]{12}_0$/) },
    { id: expect.stringMatching(/^call_[0-9a-f]{12}_1$/) },
  ]);
  expect(replies[2].message.parts).not.toEqual(replies[0].message.parts);
  expect(replies[0].usage).toEqual({ inputTokens: 10, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 });
});

async function deltasOf(text: string, options: ScriptedProviderOptions): Promise<readonly string[]> {
  const context = modelContext();
  await scriptedProvider(options).call(modelRequest([user(text)]), context);
  return context.deltas.map((delta) => delta.text);
}

test("text is streamed whole, or in pieces that never split a character", async () => {
  expect(await deltasOf("abcdef", {})).toEqual(["abcdef"]);
  expect(await deltasOf("ab😀de", { chunkChars: 3, chunkDelayMs: 1 })).toEqual(["ab😀", "de"]);
});

test("abort between two pieces rejects with the reason", async () => {
  const controller = new AbortController();
  const reason = new Error("cancelled");
  const call = scriptedProvider({ chunkChars: 1, chunkDelayMs: 5 }).call(modelRequest([user("abcdef")]), {
    signal: controller.signal,
    onDelta: () => controller.abort(reason),
  });

  await expect(call).rejects.toBe(reason);
});
