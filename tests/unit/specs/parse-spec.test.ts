import { expect, test } from "vitest";
import * as z from "zod";
import { SpecError } from "../../../src/protocol/errors.ts";
import { defineCoordinator } from "../../../src/specs/agents/coordinator.ts";
import { defineExecutor } from "../../../src/specs/agents/executor.ts";
import { definePlanner } from "../../../src/specs/agents/planner.ts";
import { layeredPrompt } from "../../../src/specs/agents/prompt.ts";
import { defineSpecialist } from "../../../src/specs/agents/specialist.ts";
import { defineApp } from "../../../src/specs/app.ts";
import { defineRuntime } from "../../../src/specs/runtime-spec.ts";
import { defineTenant } from "../../../src/specs/tenant.ts";
import { defineTool } from "../../../src/specs/tools/tool.ts";

/** Calls a declaring function the way plain JavaScript can: with anything. */
function declare(define: (...definition: never[]) => unknown, ...definition: readonly unknown[]): unknown {
  return Reflect.apply(define, undefined, definition);
}

function refusal(action: () => unknown): SpecError {
  try {
    action();
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const agent = { name: "boss", model: "m", prompt: "p" };
const tool = { name: "search", description: "Searches.", input: z.object({ q: z.string() }), handler: () => null };
const tenant = defineTenant("acme", "1");
const specialist = defineSpecialist({ ...agent, name: "analyst" });
const runtime = { tenant, agents: [specialist] };

const WRONG: readonly (readonly [message: string, action: () => unknown])[] = [
  [
    'defineTenant(""): resourceId must be a non-blank id of at most 120 letters, digits, dots, colons, dashes and underscores that starts with a letter or digit, received ""',
    () => declare(defineTenant, "", "1"),
  ],
  [
    'defineTenant("acme"): version must be a non-blank string, received "  "',
    () => declare(defineTenant, "acme", "  "),
  ],
  ["defineCoordinator(): the definition must be an object, received 42", () => declare(defineCoordinator, 42)],
  [
    'defineCoordinator("boss"): routes[1] must be a non-blank string, received 42',
    () => declare(defineCoordinator, { ...agent, routes: ["analyst", 42] }),
  ],
  [
    'defineCoordinator("boss"): routes must be a list of at least one agent name, received an empty array',
    () => declare(defineCoordinator, { ...agent, routes: [] }),
  ],
  [
    'defineCoordinator("boss"): routes must be a list of at least one agent name, received undefined',
    () => declare(defineCoordinator, agent),
  ],
  [
    'defineCoordinator("boss"): routes must be a list of different agent names, received an array of 2',
    () => declare(defineCoordinator, { ...agent, routes: ["a", "a"] }),
  ],
  [
    'defineCoordinator("boss"): promt is an unknown field: expected one of approval, description, maxTurns, model, name, prompt, routes, stateful, toolApprovals, toolkits, tools, received "promt"; did you mean "prompt"?',
    () => declare(defineCoordinator, { ...agent, routes: ["a"], promt: "x" }),
  ],
  [
    'defineSpecialist("a b"): name must be a name of 1 to 64 letters, digits, dashes and underscores, received "a b"',
    () => declare(defineSpecialist, { ...agent, name: "a b" }),
  ],
  [
    'defineSpecialist("constructor"): name must be a name that is not a property of every object, received "constructor"',
    () => declare(defineSpecialist, { ...agent, name: "constructor" }),
  ],
  [
    'defineSpecialist("boss"): model must be a model id or an object with an id, received undefined',
    () => declare(defineSpecialist, { name: "boss", prompt: "p" }),
  ],
  [
    'defineSpecialist("boss"): model.maxToken is an unknown field: expected one of id, maxTokens, provider, temperature, thinking, received "maxToken"; did you mean "maxTokens"?',
    () => declare(defineSpecialist, { ...agent, model: { id: "m", maxToken: 3 } }),
  ],
  [
    'defineSpecialist("boss"): model.temperature must be a number from 0 to 1, received 2',
    () => declare(defineSpecialist, { ...agent, model: { id: "m", temperature: 2 } }),
  ],
  [
    'defineSpecialist("boss"): model.thinking must be a JSON object, received an object',
    () => declare(defineSpecialist, { ...agent, model: { id: "m", thinking: { budget: Number.NaN } } }),
  ],
  [
    'defineSpecialist("boss"): prompt must be a non-blank string or a layeredPrompt value, received ""',
    () => declare(defineSpecialist, { ...agent, prompt: "" }),
  ],
  [
    'defineSpecialist("boss"): maxTurns must be a whole number from 1 to 1000, received 1001',
    () => declare(defineSpecialist, { ...agent, maxTurns: 1001 }),
  ],
  [
    'defineSpecialist("boss"): stateful must be true or false, received "yes"',
    () => declare(defineSpecialist, { ...agent, stateful: "yes" }),
  ],
  [
    'defineSpecialist("boss"): tools[0] must be a defineTool value, received an object',
    () => declare(defineSpecialist, { ...agent, tools: [tool] }),
  ],
  [
    'defineSpecialist("boss"): approval must be "always", "never", "default" or {kind: "always", …}, received "sometimes"',
    () => declare(defineSpecialist, { ...agent, approval: "sometimes" }),
  ],
  [
    'defineSpecialist("boss"): approval.min must be at most the number of approvers, received 2',
    () => declare(defineSpecialist, { ...agent, approval: { kind: "always", approvers: ["ann"], min: 2 } }),
  ],
  [
    'defineSpecialist("boss"): approval.min must be at most the number of approvers, received 2',
    () => declare(defineSpecialist, { ...agent, approval: { kind: "always", approvers: ["ann", "Ann "], min: 2 } }),
  ],
  [
    'defineSpecialist("boss"): approval.approvers must be a list with at least one name, for with none nobody could approve (leave it out to let anybody), received an empty array',
    () => declare(defineSpecialist, { ...agent, approval: { kind: "always", approvers: [] } }),
  ],
  [
    'defineSpecialist("boss"): approval.expiresMs is an unknown field: expected one of approvers, expiresInMs, kind, min, notRequester, onExpire, received "expiresMs"; did you mean "expiresInMs"?',
    () => declare(defineSpecialist, { ...agent, approval: { kind: "always", expiresMs: 5 } }),
  ],
  [
    'defineSpecialist("boss"): toolApprovals.search.value must be a non-blank string, received undefined',
    () => declare(defineSpecialist, { ...agent, toolApprovals: { search: { kind: "dynamic" } } }),
  ],
  [
    'definePlanner("boss"): plan must be the name of a plan or a declared plan, received undefined',
    () => declare(definePlanner, agent),
  ],
  [
    'defineExecutor("boss"): plan must be the name of a plan or a declared plan, received 7',
    () => declare(defineExecutor, { ...agent, plan: 7 }),
  ],
  [
    'defineTool("search"): description must be a non-blank string, received " "',
    () => declare(defineTool, { ...tool, description: " " }),
  ],
  [
    'defineTool("search"): handler must be a function, received "run"',
    () => declare(defineTool, { ...tool, handler: "run" }),
  ],
  [
    'defineTool("search"): effects must be one of "none", "idempotent", "once", received "twice"',
    () => declare(defineTool, { ...tool, effects: "twice" }),
  ],
  [
    'defineTool("search"): timeoutMs must be a whole number from 1 to 86400000, received 0',
    () => declare(defineTool, { ...tool, timeoutMs: 0 }),
  ],
  [
    'defineTool("search"): approval must be "always", "never", {kind: "always", …}, {kind: "dynamic", value} or a function, received "default"',
    () => declare(defineTool, { ...tool, approval: "default" }),
  ],
  [
    'defineTool("search"): approval.value must be a predicate id that does not start with "tool:", received "tool:other"',
    () => declare(defineTool, { ...tool, approval: { kind: "dynamic", value: "tool:other" } }),
  ],
  [
    'defineTool("search"): input must be a zod 4 schema or a JSON Schema object, received undefined',
    () => declare(defineTool, { name: "search", description: "Searches.", handler: () => null }),
  ],
  [
    'defineTool("search"): input must be a schema of one object, received a schema of type "string"',
    () => declare(defineTool, { ...tool, input: z.string() }),
  ],
  [
    'defineTool("search"): input.when[].at must be something that JSON Schema can express, received z.date() (Date cannot be represented in JSON Schema)',
    () => declare(defineTool, { ...tool, input: z.object({ when: z.array(z.object({ at: z.date() })) }) }),
  ],
  [
    'defineTool("search"): input.properties.q.if must be left out, because the keyword "if" would not be enforced, received an empty object',
    () => declare(defineTool, { ...tool, input: { properties: { q: { type: "string", if: {} } } } }),
  ],
  [
    'defineTool("search"): output must be a schema that refuses something, received one that accepts every value',
    () => declare(defineTool, { ...tool, output: z.unknown() }),
  ],
  [
    'layeredPrompt(): identitiy is an unknown field: expected one of communication, domainKnowledge, identity, operationalRules, outputFormat, tools, received "identitiy"; did you mean "identity"?',
    () => declare(layeredPrompt, { identitiy: "x" }),
  ],
  [
    "layeredPrompt(): the definition must be an object with at least one of identity, communication, operationalRules, tools, domainKnowledge, outputFormat, received an empty object",
    () => declare(layeredPrompt, {}),
  ],
  [
    "layeredPrompt(): identity must be a non-blank string or a list of them, received an empty array",
    () => declare(layeredPrompt, { identity: [] }),
  ],
  [
    'defineRuntime(): tenant must be a defineTenant value, received "acme"',
    () => declare(defineRuntime, { ...runtime, tenant: "acme" }),
  ],
  [
    "defineRuntime(): agents must be a list of at least one declared agent, received an empty array",
    () => declare(defineRuntime, { ...runtime, agents: [] }),
  ],
  [
    "defineRuntime(): agents[0] must be a declared agent, received an object",
    () => declare(defineRuntime, { ...runtime, agents: [agent] }),
  ],
  [
    'defineRuntime(): agents[1].name must be another name than agents[0].name has, received "analyst"',
    () => declare(defineRuntime, { ...runtime, agents: [specialist, specialist] }),
  ],
  [
    'defineRuntime(): approvalPolicies.tools must be "always", "never", {kind: "always", …} or {kind: "dynamic", value}, received "default"',
    () => declare(defineRuntime, { ...runtime, approvalPolicies: { tools: "default" } }),
  ],
  [
    'defineRuntime(): toolkits[0].id must be one of the known toolkits (catalog), received "catalogue"',
    () => declare(defineRuntime, { ...runtime, toolkits: [{ id: "catalogue" }] }),
  ],
  [
    "defineRuntime(): providers.anthropic must be an object with one of apiKeyEnv and apiKey, not both, received an object",
    () => declare(defineRuntime, { ...runtime, providers: { anthropic: { apiKey: "k", apiKeyEnv: "K" } } }),
  ],
  [
    "defineRuntime(): providers.anthropic.retry.maxAttempts must be a whole number of at least 1, received 0",
    () => declare(defineRuntime, { ...runtime, providers: { anthropic: { retry: { maxAttempts: 0 } } } }),
  ],
  [
    'defineApp("shop"): runtimeSpec must be a defineRuntime value, unless there is a runtimeFactory, received neither',
    () => declare(defineApp, { name: "shop" }),
  ],
  [
    'defineApp("shop"): defaultWorkspace must be one of workspaces (a, b), received "c"',
    () =>
      declare(defineApp, { name: "shop", runtimeFactory: () => ({}), workspaces: ["a", "b"], defaultWorkspace: "c" }),
  ],
  [
    'defineApp("shop"): workspaces[1] must be another id than workspaces[0] has, received "a"',
    () => declare(defineApp, { name: "shop", runtimeFactory: () => ({}), workspaces: ["a", { id: "a" }] }),
  ],
];

test.each(WRONG)("%s", (message, action) => {
  const error = refusal(action);

  expect(error.message).toBe(message);
  expect(error.code).toBe("SPEC_INVALID");
  expect(error.hint).toMatch(/^(Change|Remove|Rename) /);
});

test("several mistakes are told in one error, one a line", () => {
  const error = refusal(() => declare(defineSpecialist, { name: "", model: 3, prompt: "p", maxTurn: 4 }));

  expect(error.message.split("\n")).toEqual([
    'defineSpecialist(""):',
    '  name must be a name of 1 to 64 letters, digits, dashes and underscores, received ""',
    "  model must be a model id or an object with an id, received 3",
    expect.stringMatching(/^ {2}maxTurn is an unknown field: .*did you mean "maxTurns"\?$/),
  ]);
});

test("no message repeats what may be a credential", () => {
  const errors = [
    refusal(() => declare(defineRuntime, { ...runtime, providers: { anthropic: { apiKeyEnv: "my-secret-value" } } })),
    refusal(() =>
      declare(defineRuntime, {
        ...runtime,
        providers: { anthropic: { baseURL: "https://user:my-secret-value@example.com" } },
      }),
    ),
    refusal(() => declare(defineSpecialist, { ...agent, model: { id: "m", apiKey: "my-secret-value" } })),
    refusal(() => declare(defineSpecialist, { ...agent, stateful: "sk-ant-my-secret-value" })),
  ];

  for (const error of errors) expect(`${error.message} ${error.hint}`).not.toContain("secret-value");
});
