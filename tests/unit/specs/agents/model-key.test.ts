import { expect, test } from "vitest";
import { createRuntime } from "../../../../src/runtime/create-runtime.ts";
import type { RuntimeOptions } from "../../../../src/runtime/options.ts";
import { missingKey, modelKey } from "../../../../src/specs/agents/model-key.ts";
import { defineSpecialist } from "../../../../src/specs/agents/specialist.ts";
import type { HostedApp } from "../../../../src/specs/hosted-app.ts";
import type { Providers } from "../../../../src/specs/providers.ts";
import { defineRuntime } from "../../../../src/specs/runtime-spec.ts";
import { defineTenant } from "../../../../src/specs/tenant.ts";

function hosted(options: RuntimeOptions = {}, providers: Providers = {}): HostedApp {
  const agents = [defineSpecialist({ name: "helper", model: "m", prompt: "p" })];
  return createRuntime(defineRuntime({ tenant: defineTenant("acme", "1"), agents, providers }), options).app;
}

test.each([
  [{}, {}, { interpreter: "anthropic", key: "missing" }],
  [{}, { ANTHROPIC_API_KEY: "" }, { interpreter: "anthropic", key: "missing" }],
  [{}, { ANTHROPIC_API_KEY: "sk-1" }, { interpreter: "anthropic", key: "set" }],
  [{ interpreter: "scripted" }, {}, { interpreter: "scripted", key: "not-needed" }],
  [{ testing: { mockResponse: "hi" } }, {}, { interpreter: "anthropic", key: "not-needed" }],
] as const)("with %j and the environment %j the model is %j", (options, env, expected) => {
  expect(modelKey(hosted(options), env)).toEqual(expected);
});

test("a key of the app's own is found, or asked for by its own name", () => {
  const given = hosted({}, { anthropic: { apiKey: "sk-1" } });
  const named = hosted({}, { anthropic: { apiKeyEnv: "OUR_KEY" } });

  expect(modelKey(given, {}).key).toBe("set");
  expect(modelKey(named, { OUR_KEY: "sk-1" }).key).toBe("set");
  expect(missingKey(named, { ANTHROPIC_API_KEY: "sk-1" }, "--interpreter scripted")).toBe(
    'OUR_KEY is not set: every run of "acme" will fail at its first model call. Set OUR_KEY, or use --interpreter scripted to work without a model.',
  );
  expect(missingKey(named, { OUR_KEY: "sk-1" }, "--interpreter scripted")).toBeUndefined();
});
