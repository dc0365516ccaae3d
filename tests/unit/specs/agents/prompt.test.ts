import { expect, test } from "vitest";
import { layeredPrompt } from "../../../../src/specs/agents/prompt.ts";
import { defineSpecialist } from "../../../../src/specs/agents/specialist.ts";

test("layers have a fixed order, whatever the order of writing", () => {
  const prompt = layeredPrompt({ outputFormat: "JSON.", operationalRules: ["One.", "Two."], identity: "You plan." });

  expect(prompt.layers).toEqual([
    { name: "identity", text: "You plan." },
    { name: "operationalRules", text: "One.\nTwo." },
    { name: "outputFormat", text: "JSON." },
  ]);
});

test("the cache key changes exactly when the content does", () => {
  const key = layeredPrompt({ identity: "a", tools: "b" }).cacheKey;

  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(layeredPrompt({ tools: "b", identity: "a" }).cacheKey).toBe(key);
  expect(layeredPrompt({ identity: "a", tools: "c" }).cacheKey).not.toBe(key);
  expect(layeredPrompt({ identity: "a", outputFormat: "b" }).cacheKey).not.toBe(key);
});

test("an agent takes a layered prompt or a plain text, which is one layer", () => {
  const layered = layeredPrompt({ identity: "You plan." });

  expect(defineSpecialist({ name: "a", model: "m", prompt: layered }).prompt).toBe(layered);
  expect(defineSpecialist({ name: "a", model: "m", prompt: "Plain." }).prompt.layers).toEqual([
    { name: "prompt", text: "Plain." },
  ]);
});
