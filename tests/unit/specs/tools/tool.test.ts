import { expect, test } from "vitest";
import * as z from "zod";
import { BridleError } from "../../../../src/protocol/errors.ts";
import { DEFAULT_TOOL_TIMEOUT_MS } from "../../../../src/protocol/limits/tool.ts";
import { RetryableToolError } from "../../../../src/specs/tools/retryable-tool-error.ts";
import { defineTool } from "../../../../src/specs/tools/tool.ts";

test("a tool checks its arguments and hands the parsed ones to the handler", () => {
  const tool = defineTool({
    name: "search",
    description: "Searches.",
    input: z.object({ q: z.string().trim(), limit: z.number().default(10) }),
    handler: (args) => `${args.q}/${args.limit}`,
  });
  const parsed = tool.input.parse({ q: " x " });

  expect(parsed).toEqual({ ok: true, value: { q: "x", limit: 10 } });
  expect(tool.input.jsonSchema).toEqual({
    type: "object",
    properties: { q: { type: "string" }, limit: { type: "number", default: 10 } },
    required: ["q"],
  });
});

test("a tool has plain settings when it says nothing", () => {
  const tool = defineTool({ name: "t", description: "d", input: { type: "object" }, handler: () => null });

  expect(tool).toMatchObject({ kind: "tool", approval: null, effects: "none", timeoutMs: DEFAULT_TOOL_TIMEOUT_MS });
  expect(tool.predicate).toBeUndefined();
  expect(tool.output).toBeUndefined();
});

test("a predicate function stays on the tool and has the tool's name as its id", () => {
  const predicate = (args: { readonly amount: number }): boolean => args.amount > 100;
  const tool = defineTool({
    name: "pay",
    description: "d",
    input: z.object({ amount: z.number() }),
    handler: () => null,
    approval: predicate,
  });

  expect(tool.approval).toEqual({ kind: "dynamic", value: "tool:pay" });
  expect(tool.predicate).toBe(predicate);
});

test("an output schema checks what the handler returns", () => {
  const tool = defineTool({
    name: "t",
    description: "d",
    input: { type: "object" },
    output: z.array(z.number()),
    handler: () => [1],
  });

  expect(tool.output?.parse([1])).toEqual({ ok: true, value: [1] });
  expect(tool.output?.parse(["x"])).toMatchObject({
    ok: false,
    issues: [{ path: "[0]", expected: "a number", received: '"x"' }],
  });
});

test("a RetryableToolError is a retryable TOOL_FAILED that may say when", () => {
  const error = new RetryableToolError("warehouse is busy", { retryAfterMs: 500 });

  expect(error).toBeInstanceOf(BridleError);
  expect(error).toMatchObject({
    code: "TOOL_FAILED",
    retryable: true,
    retryAfterMs: 500,
    message: "warehouse is busy",
  });
});
