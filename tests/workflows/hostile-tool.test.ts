import { expect, test } from "vitest";
import {
  defineRuntime,
  defineSpecialist,
  defineTenant,
  defineTool,
  type Json,
  RetryableToolError,
  type ToolContext,
} from "../../src/index.ts";
import { TOOL_RESULT_MODEL_BYTES } from "../../src/protocol/limits/tool.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { keptProgress, ofType, readEvents, toolResults } from "../helpers/read-events.ts";
import type { RunEvent } from "../../src/protocol/event.ts";
import type { RunRecord } from "../../src/index.ts";
import type { ToolSpec } from "../../src/index.ts";

const ANY = { type: "object" } as const;

async function callOnce(tool: ToolSpec): Promise<{ events: readonly RunEvent[]; record: RunRecord }> {
  const agent = defineSpecialist({ name: "agent", model: "m", prompt: "p", stateful: true, tools: [tool] });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent] });
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  const run = open.runtime.runSpecialist("agent", JSON.stringify([{ tool: tool.name, args: {} }, { text: "after" }]), {
    threadId,
  });
  const events = await readEvents(run);
  const record = await run.result();
  expect(record).toMatchObject({ status: "completed", text: "after" });
  expect(await open.runtime.runSpecialist("agent", "go on", { threadId }).result()).toMatchObject({ text: "go on" });
  return { events, record };
}

function tool(
  handler: (args: unknown, context: ToolContext) => unknown,
  more: { timeoutMs?: number; effects?: "once" | "idempotent" } = {},
): ToolSpec {
  return defineTool({ name: "odd", description: "Odd.", input: ANY, handler, ...more });
}

test("a tool that throws is an error result, with secrets taken out", async () => {
  const { events } = await callOnce(
    tool(() => {
      throw new TypeError("no route to postgres://app:hunter2@db/prod");
    }),
  );
  expect(toolResults(events)).toEqual([
    { tool: "odd", isError: true, result: expect.stringContaining("TypeError: no route") },
  ]);
  expect(JSON.stringify(events)).not.toContain("hunter2");
});

test("a tool that hangs is given up after its time, its signal aborted, and the model hears it", async () => {
  let reason: unknown;
  const { events } = await callOnce(
    tool(
      (_args, { signal }) => {
        signal.addEventListener("abort", () => (reason = signal.reason));
        return new Promise(() => undefined);
      },
      { timeoutMs: 200 },
    ),
  );
  expect(toolResults(events)[0]).toMatchObject({ isError: true, result: expect.stringContaining("TOOL_TIMEOUT") });
  expect(reason).toMatchObject({ code: "TOOL_TIMEOUT" });
});

test("a once tool that hangs has an unknown outcome, and is not started again", async () => {
  let calls = 0;
  const { events } = await callOnce(
    tool(
      () => {
        calls += 1;
        return new Promise(() => undefined);
      },
      { timeoutMs: 200, effects: "once" },
    ),
  );
  expect(toolResults(events)[0]).toMatchObject({
    isError: true,
    result: expect.stringContaining("TOOL_OUTCOME_UNKNOWN"),
  });
  expect(calls).toBe(1);
});

test("50 MB of result are refused with their size", async () => {
  const { events } = await callOnce(tool(() => "x".repeat(50 * 1024 * 1024)));
  expect(toolResults(events)[0]).toMatchObject({
    isError: true,
    result: expect.stringMatching(/TOOL_RESULT_TOO_LARGE.*52428800 bytes/),
  });
});

test("1 MB of result is kept whole; the model and readers see the start and how much is missing", async () => {
  const { events } = await callOnce(tool(() => ({ text: "y".repeat(1024 * 1024) })));
  const [result] = toolResults(events);
  expect(result?.isError).toBe(false);
  expect(String(result?.result)).toContain(`${TOOL_RESULT_MODEL_BYTES} of `);
});

test.each<[string, () => unknown]>([
  [
    "a cycle",
    () => {
      const knot: Record<string, unknown> = {};
      knot.self = knot;
      return knot;
    },
  ],
  ["a bigint", () => ({ count: 10n })],
  ["a function", () => () => 1],
])("%s is an error result that says what is wrong", async (_, handler) => {
  const { events } = await callOnce(tool(handler));
  expect(toolResults(events)[0]).toMatchObject({
    isError: true,
    result: expect.stringContaining("TOOL_RESULT_INVALID"),
  });
});

test("a tool that returns nothing answers null", async () => {
  const { events } = await callOnce(tool(() => undefined));
  expect(toolResults(events)).toEqual([{ tool: "odd", isError: false, result: null }]);
});

test("a tool that asks for another attempt gets one, with the same idempotency key", async () => {
  const keys: string[] = [];
  const { events } = await callOnce(
    tool((_args, { idempotencyKey, attempt }) => {
      keys.push(idempotencyKey);
      if (attempt === 1) throw new RetryableToolError("not yet", { retryAfterMs: 1 });
      return `attempt ${attempt}`;
    }),
  );
  expect(toolResults(events)).toEqual([{ tool: "odd", isError: false, result: "attempt 2" }]);
  expect(new Set(keys).size).toBe(1);
  expect(keys).toHaveLength(2);
});

test("a tool that was given up on and goes on reporting is not heard after its result", async () => {
  const { events } = await callOnce(
    tool(
      async (_args, { progress }) => {
        const reporting = setInterval(() => progress("still here"), 2);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        clearInterval(reporting);
      },
      { timeoutMs: 100 },
    ),
  );
  const answered = events.findIndex((event) => event.type === "tool-invocation" && event.state === "result");

  expect(ofType(events.slice(0, answered), "tool-progress").length).toBeGreaterThan(0);
  expect(ofType(events.slice(answered), "tool-progress")).toEqual([]);
});

test("progress reaches readers in order, and what cannot be JSON does not stop the tool", async () => {
  const { events } = await callOnce(
    tool((_args, { progress }) => {
      for (let done = 1; done <= 3; done++) progress({ done });
      const knot: { self?: unknown } = {};
      knot.self = knot;
      progress(knot as Json);
      return "ok";
    }),
  );
  expect(ofType(events, "tool-progress").map((event) => event.progress)).toEqual([
    { done: 1 },
    { done: 2 },
    { done: 3 },
    "[not a JSON value]",
  ]);
  expect(toolResults(events)).toEqual([{ tool: "odd", isError: false, result: "ok" }]);
});

test("progress says which attempt it is of, so that a reader drops what a later attempt tells anew", async () => {
  const { events } = await callOnce(
    tool((_args, { progress, attempt }) => {
      progress("half");
      if (attempt === 1) throw new RetryableToolError("busy", { retryAfterMs: 1 });
      progress("whole");
      return "ok";
    }),
  );

  expect(ofType(events, "tool-progress").map(({ attempt, progress }) => ({ attempt, progress }))).toEqual([
    { attempt: 1, progress: "half" },
    { attempt: 2, progress: "half" },
    { attempt: 2, progress: "whole" },
  ]);
  expect(ofType(events, "tool-retry")).toMatchObject([{ toolName: "odd", supersededAttempt: 1 }]);
  expect(keptProgress(events)).toEqual(["half", "whole"]);
});
