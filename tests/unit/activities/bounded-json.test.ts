import { expect, test } from "vitest";
import { boundedJson } from "../../../src/activities/bounded-json.ts";
import { TOOL_RESULT_MODEL_BYTES } from "../../../src/protocol/limits/tool.ts";

test("a value that fits stays as it is", () => {
  const value = { done: [1, 2], of: null };

  expect(boundedJson(value)).toBe(value);
});

test("a value that is too large, measured in bytes, becomes the start of its text", () => {
  const rows = "ä".repeat(TOOL_RESULT_MODEL_BYTES / 2);

  const start = boundedJson({ rows });

  expect(start).toMatch(/^\{"rows":"ä+ … \[cut: /);
});
