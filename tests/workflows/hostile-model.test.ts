import { expect, test } from "vitest";
import * as z from "zod";
import {
  defineRuntime,
  defineSpecialist,
  defineTenant,
  defineTool,
  type RunRecord,
  type RuntimeSpec,
} from "../../src/index.ts";
import { CALLS_PER_STEP, INVALID_REPLIES_IN_A_ROW } from "../../src/protocol/limits/turn.ts";
import { type FakeMessagesApi, type FakeReply, startFakeMessagesApi } from "../../src/testing/index.ts";
import { openRuntime, type OpenRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { ofType, readEvents, toolResults } from "../helpers/read-events.ts";
import type { RunEvent } from "../../src/protocol/event.ts";

const KEY = "sk-ant-canary-0123456789";

const add = defineTool({
  name: "add",
  description: "Adds.",
  input: z.strictObject({ a: z.number(), b: z.number() }),
  handler: ({ a, b }) => a + b,
});

function specOver(api: FakeMessagesApi): RuntimeSpec {
  const agent = defineSpecialist({
    name: "agent",
    model: "claude-test",
    prompt: "p",
    stateful: true,
    tools: [add],
    maxTurns: 20,
  });
  const retry = { maxAttempts: 8, initialMs: 1, maxMs: 10 };
  const anthropic = { apiKey: KEY, baseURL: api.url, retry, idleTimeoutMs: 2_000 };
  return defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent], providers: { anthropic } });
}

interface Answered {
  readonly events: readonly RunEvent[];
  readonly record: RunRecord;
  readonly api: FakeMessagesApi;
  readonly open: OpenRuntime;
  readonly threadId: string;
}

/** Asks once with these replies, then shows that the thread can go on. */
async function withReplies(
  replies: readonly FakeReply[],
  check: (answered: Answered) => void | Promise<void>,
): Promise<void> {
  const api = await startFakeMessagesApi();
  await using open = await openRuntime(specOver(api), { interpreter: "anthropic" });
  try {
    const threadId = uniqueName("thread");
    api.reply(...replies);
    const run = open.runtime.runSpecialist("agent", "go", { threadId });
    const events = await readEvents(run);
    await check({ events, record: await run.result(), api, open, threadId });
    api.reply({ text: "still here" });
    const next = await open.runtime.runSpecialist("agent", "and now?", { threadId }).result();
    expect(next).toMatchObject({ status: "completed", text: "still here" });
    expect(JSON.stringify(events)).not.toContain(KEY);
  } finally {
    await api.close();
  }
}

test("an unknown tool is answered with the tools there are", async () => {
  await withReplies([{ toolCalls: [{ name: "subtract", args: {} }] }, { text: "ok" }], ({ events, record }) => {
    expect(toolResults(events)).toEqual([
      { tool: "subtract", isError: true, result: expect.stringMatching(/TOOL_UNKNOWN.*subtract.*add/) },
    ]);
    expect(record).toMatchObject({ status: "completed", text: "ok" });
  });
});

test("arguments that are not JSON are answered with the parser's complaint", async () => {
  await withReplies([{ toolCalls: [{ name: "add", argsText: '{"a": 1, "b": }' }] }, { text: "ok" }], ({ events }) => {
    expect(toolResults(events)).toEqual([{ tool: "add", isError: true, result: expect.stringContaining("not JSON") }]);
  });
});

test("wrong types are answered with path, expectation and what came", async () => {
  await withReplies([{ toolCalls: [{ name: "add", args: { a: "one", c: 3 } }] }, { text: "ok" }], ({ events }) => {
    const [result] = toolResults(events);
    expect(result?.result).toMatch(/a: expected a number, received "one"/);
    expect(result?.result).toMatch(/b: expected a number/);
    expect(result?.result).toMatch(/c: expected no such field/);
  });
});

test("two calls with one id both run and each has one result", async () => {
  const toolCalls = [
    { id: "same", name: "add", args: { a: 1, b: 1 } },
    { id: "same", name: "add", args: { a: 2, b: 2 } },
  ];
  await withReplies([{ toolCalls }, { text: "ok" }], ({ events }) => {
    expect(toolResults(events).map((result) => result.result)).toEqual(expect.arrayContaining([2, 4]));
  });
});

test("64 parallel calls all run; the 65th is refused and still answered", async () => {
  const toolCalls = Array.from({ length: CALLS_PER_STEP + 1 }, (_, a) => ({ name: "add", args: { a, b: 0 } }));
  await withReplies([{ toolCalls }, { text: "ok" }], ({ events, record }) => {
    const results = toolResults(events);
    expect(results).toHaveLength(CALLS_PER_STEP + 1);
    expect(results.filter((result) => result.isError)).toEqual([
      { tool: "add", isError: true, result: expect.stringContaining("TOOL_CALLS_TOO_MANY") },
    ]);
    expect(record.status).toBe("completed");
  });
});

test("an empty reply ends the turn with an empty answer", async () => {
  await withReplies([{}], ({ record }) =>
    expect(record).toMatchObject({ status: "completed", finish: "stop", text: "" }),
  );
});

test("5 MB of arguments are refused by size, kept out of the transcript, and the model hears why", async () => {
  const toolCalls = [{ name: "add", args: { a: 1, b: "x".repeat(5 * 1024 * 1024) } }];
  await withReplies([{ toolCalls }, { text: "ok" }], ({ events, api }) => {
    expect(toolResults(events)[0]).toMatchObject({
      isError: true,
      result: expect.stringContaining("TOOL_ARGS_TOO_LARGE"),
    });
    expect(api.requests[1]?.bodyText.length).toBeLessThan(20_000);
  });
});

test("a model that never makes a usable call is stopped", async () => {
  const useless = Array.from({ length: INVALID_REPLIES_IN_A_ROW }, () => ({
    toolCalls: [{ name: "nothing", args: {} }],
  }));
  await withReplies(useless, ({ record, events }) => {
    expect(record).toMatchObject({ status: "failed", finish: "error", error: { code: "INVALID_REPLIES" } });
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "error" });
  });
});

test("six times 529 is waited out and told to readers; the answer is one answer", async () => {
  const overloaded: FakeReply = { error: { status: 529, type: "overloaded_error", retryAfter: "0" } };
  await withReplies(
    [...Array.from({ length: 6 }, () => overloaded), { text: "at last" }],
    ({ events, record, api }) => {
      expect(api.requests).toHaveLength(7);
      expect(ofType(events, "step-retry").map((event) => [event.supersededAttempt, event.reason.code])).toEqual(
        [1, 2, 3, 4, 5, 6].map((attempt) => [attempt, "MODEL_OVERLOADED"]),
      );
      expect(record).toMatchObject({ status: "completed", text: "at last" });
    },
  );
});

test.each<[string, FakeReply]>([
  ["stalls after the headers", { stallAfterHeaders: true }],
  ["stops mid-stream", { text: "half an ans", chunkChars: 2, cutAfterChunks: 3 }],
  ["stalls mid-stream", { text: "half an ans", chunkChars: 2, stallAfterChunks: 3 }],
  ["sends rubbish", { text: "half an ans", rubbish: "data: {{{\n\n" }],
  ["ends without message_stop", { text: "half an ans", endWithoutStop: true }],
  ["says overloaded mid-stream", { text: "half an ans", streamError: { type: "overloaded_error" } }],
])("a provider that %s is asked again, and what it said before is taken back", async (_, broken) => {
  await withReplies([broken, { text: "whole" }], ({ events, record }) => {
    const retry = ofType(events, "step-retry");
    expect(retry).toHaveLength(1);
    const after = events.filter((event) => event.type === "text" && event.seq > (retry[0]?.seq ?? 0));
    expect(after.map((event) => (event.type === "text" ? event.text : "")).join("")).toBe("whole");
    expect(record).toMatchObject({ status: "completed", text: "whole" });
  });
});

test("a tool call cut at max_tokens is never executed", async () => {
  const cut: FakeReply = { toolCalls: [{ name: "add", argsText: '{"a": 1, "b": 2' }], stopReason: "max_tokens" };
  const looksWhole: FakeReply = { toolCalls: [{ name: "add", args: { a: 1, b: 2 } }], stopReason: "max_tokens" };
  await withReplies([cut, looksWhole, { text: "ok" }], ({ events, record }) => {
    const results = toolResults(events);
    expect(results.map((result) => result.isError)).toEqual([true, true]);
    expect(results.every((result) => String(result.result).startsWith("OUTPUT_TRUNCATED"))).toBe(true);
    expect(record).toMatchObject({ status: "completed", text: "ok" });
  });
});

test("an answer cut at max_tokens, and a refusal, end the turn and say so", async () => {
  await withReplies([{ text: "so far", stopReason: "max_tokens" }], ({ record }) => {
    expect(record).toMatchObject({ status: "completed", finish: "length", text: "so far" });
  });
  await withReplies([{ text: "I will not.", stopReason: "refusal" }], ({ record }) => {
    expect(record).toMatchObject({ status: "completed", finish: "refusal" });
  });
});

test("a paused turn is asked to go on", async () => {
  await withReplies([{ text: "thinking… ", stopReason: "pause_turn" }, { text: "done" }], ({ record, api }) => {
    expect(api.requests).toHaveLength(2);
    expect(record).toMatchObject({ status: "completed", text: "done" });
  });
});

test.each([
  [401, "authentication_error", "MODEL_AUTH"],
  [403, "permission_error", "MODEL_AUTH"],
  [400, "invalid_request_error", "MODEL_BAD_REQUEST"],
  [404, "not_found_error", "MODEL_NOT_FOUND"],
  [413, "request_too_large", "MODEL_TOO_LARGE"],
])("a %i fails the turn at once with a hint, and the thread is as it was", async (status, type, code) => {
  await withReplies(
    [{ error: { status, type, message: `no: ${KEY}` } }],
    async ({ record, events, api, open, threadId }) => {
      expect(api.requests).toHaveLength(1);
      expect(record).toMatchObject({ status: "failed", error: { code, hint: expect.any(String) } });
      expect(ofType(events, "error")[0]).toMatchObject({ code });
      expect((await open.runtime.threads.get(threadId)).heads).toEqual({});
      const history = await open.session.client.workflow.getHandle(record.workflowId).fetchHistory();
      expect(JSON.stringify(history)).not.toContain(KEY);
    },
  );
});
