import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { JsonObject } from "../../../src/protocol/json.ts";
import type { AgentSpec } from "../../../src/specs/agents/agent.ts";
import { agentTools } from "../../../src/specs/agents/agent-tools.ts";
import { defineCoordinator } from "../../../src/specs/agents/coordinator.ts";
import { defineExecutor } from "../../../src/specs/agents/executor.ts";
import { definePlanner } from "../../../src/specs/agents/planner.ts";
import { defineSpecialist } from "../../../src/specs/agents/specialist.ts";
import { definePlan, type PlanSpec } from "../../../src/specs/plans/plan.ts";
import { defineReference, type ReferenceSpec } from "../../../src/specs/references/reference.ts";
import { defineRuntime } from "../../../src/specs/runtime-spec.ts";
import { defineTenant } from "../../../src/specs/tenant.ts";
import { defineTool, type ToolSpec } from "../../../src/specs/tools/tool.ts";

const tenant = defineTenant("acme", "1");
const agent = { model: "m", prompt: "p" };
const boss = defineCoordinator({ ...agent, name: "boss", routes: ["analyst"] });
const analyst = defineSpecialist({ ...agent, name: "analyst", tools: [tool("search")] });

/** The runtime of a list whose names only run time knows. */
function runtime(agents: readonly AgentSpec[], rest: object = {}): ReturnType<typeof defineRuntime> {
  return defineRuntime({ tenant, agents, ...rest });
}

function tool(name: string): ToolSpec {
  return defineTool({ name, description: "Does it.", input: { type: "object" }, handler: () => null });
}

function restock(name = "Restock"): PlanSpec {
  return definePlan({ name, schema: { actions: [{ kind: "string", set: "object" }] } });
}

const productSet = { type: "object", properties: { kind: { const: "ProductSet" }, id: { type: "string" } } } as const;

function reference(name: string): ReferenceSpec {
  return defineReference({ name, schema: { type: "array", items: { type: "string" } } });
}

function planOver(set: JsonObject): PlanSpec {
  const action = { type: "object", properties: { kind: { const: "hold" }, sets: { type: "array", items: set } } };
  return definePlan({
    name: "Restock",
    schema: { type: "object", properties: { actions: { type: "array", items: action } } },
  });
}

const MISWIRED: readonly (readonly [line: string, action: () => unknown])[] = [
  [
    'agents must be a list with at most one coordinator, received "boss", "chief"',
    () => runtime([boss, defineCoordinator({ ...agent, name: "chief", routes: ["analyst"] }), analyst]),
  ],
  [
    'agents[0].routes[0] must be the name of another agent (other), received "analyst"',
    () => runtime([boss, defineSpecialist({ ...agent, name: "other" })]),
  ],
  [
    'agents[0].routes[0] must be the name of another agent (analyst), received "self"',
    () => runtime([defineCoordinator({ ...agent, name: "self", routes: ["self"] }), analyst]),
  ],
  [
    'agents[0].plan must be a plan registered in plans (none is), received "Restock"',
    () => runtime([definePlanner({ ...agent, name: "p", plan: "Restock" })]),
  ],
  [
    'agents[0].plan must be a plan registered in plans (Other), received "Restock"',
    () => runtime([defineExecutor({ ...agent, name: "p", plan: restock() })], { plans: [restock("Other")] }),
  ],
  [
    'agents[0].tools[1].name must be another name than agents[0].tools[0].name has, received "search"',
    () => runtime([defineSpecialist({ ...agent, name: "a", tools: [tool("search"), tool("search")] })]),
  ],
  [
    'agents[0].tools[0].name must be another name than the built-in tool "storePlan" of the planner "p" has, received "storePlan"',
    () =>
      runtime([definePlanner({ ...agent, name: "p", plan: "Restock", tools: [tool("storePlan")] })], {
        plans: [restock()],
      }),
  ],
  [
    'agents[0].toolApprovals.drop must be the name of a tool that "a" binds (search), received "drop"',
    () =>
      runtime([defineSpecialist({ ...agent, name: "a", tools: [tool("search")], toolApprovals: { drop: "always" } })]),
  ],
  [
    'agents[0].toolkits[0] must be one of the known toolkits (catalog), received "catalogue"',
    () => runtime([defineSpecialist({ ...agent, name: "a", toolkits: ["catalogue"] })]),
  ],
  [
    'agents[0].model.provider must be one of anthropic, received "acme-ai"',
    () => runtime([defineSpecialist({ ...agent, name: "a", model: { id: "m", provider: "acme-ai" } })]),
  ],
  [
    "plans[0] must be a definePlan value, received an object",
    () => runtime([analyst], { plans: [{ name: "Restock" }] }),
  ],
  [
    "references[0] must be a defineReference value, received an object",
    () => runtime([analyst], { references: [{ name: "ProductSet" }] }),
  ],
  [
    'references[1].name must be another name than references[0].name has, received "Other"',
    () => runtime([analyst], { references: [reference("Other"), reference("Other")] }),
  ],
  [
    'plans[0].schema must be a schema whose handles {kind, id} are of references registered in references (Other), received "ProductSet"',
    () => runtime([analyst], { plans: [planOver(productSet)], references: [reference("Other")] }),
  ],
  [
    'plans[1].name must be another name than plans[0].name has, received "Restock"',
    () => runtime([analyst], { plans: [restock(), restock()] }),
  ],
];

test.each(MISWIRED)("%s", (line, action) => {
  expect(action).toThrow(`defineRuntime(): ${line}`);
});

test("every reference that a plan's schema names is registered, and an action is no handle", () => {
  const archive = { type: "object", properties: { kind: { const: "archive" }, id: { type: "string" } } };
  const plans = [
    planOver(productSet),
    definePlan({ name: "Archive", schema: { properties: { actions: { type: "array", items: archive } } } }),
  ];
  const spec = runtime([analyst], { plans, references: [reference("ProductSet")] });

  expect(spec.plans).toEqual(plans);
  expect(spec.manifest.plans).toEqual({
    Archive: { hash: plans[1]?.hash, schema: plans[1]?.schema.jsonSchema, displayAliases: {}, kinds: ["archive"] },
    Restock: { hash: plans[0]?.hash, schema: plans[0]?.schema.jsonSchema, displayAliases: {}, kinds: ["hold"] },
  });
  expect(spec.manifest.references).toEqual({ ProductSet: { hash: reference("ProductSet").hash, ttlMs: null } });
});

test("an executor may have a tool that only a planner's built-ins rule out", () => {
  const executor = defineExecutor({ ...agent, name: "x", plan: "Restock", tools: [tool("storePlan")] });

  expect(runtime([executor], { plans: [restock()] }).agents).toEqual([executor]);
});

test("everything in a runtime is frozen, all the way down", () => {
  const search = defineTool({
    name: "find",
    description: "Finds.",
    input: { properties: { q: { type: "string" } } },
    handler: () => null,
  });
  const spec = runtime(
    [boss, defineSpecialist({ ...agent, name: "analyst", tools: [search], toolApprovals: { find: "always" } })],
    {
      providers: { anthropic: { apiKey: "k", retry: { maxAttempts: 2 } } },
      approvalPolicies: { plans: { kind: "always", approvers: ["ann"] } },
    },
  );

  expect(unfrozen(spec, "spec")).toEqual([]);
});

test("a declaration does not freeze or follow the objects it was made from", () => {
  const definition = { ...agent, name: "boss", routes: ["analyst"], model: { id: "m", thinking: { type: "enabled" } } };
  const spec = defineCoordinator(definition);
  definition.routes.push("other");
  definition.model.thinking.type = "disabled";

  expect(spec).toMatchObject({ routes: ["analyst"], model: { thinking: { type: "enabled" } } });
});

test("defaults of the roles", () => {
  const planner = definePlanner({ ...agent, name: "p", plan: restock() });
  const executor = defineExecutor({ ...agent, name: "x", plan: "Restock" });

  expect([boss, planner, executor, analyst].map((spec) => spec.stateful)).toEqual([true, true, false, false]);
  expect(planner).toMatchObject({
    role: "planner",
    plan: "Restock",
    maxTurns: 30,
    approval: { kind: "default" },
    toolApprovals: {},
    toolkits: [],
    tools: [],
  });
  expect(analyst.model).toEqual({ id: "m", provider: "anthropic", maxTokens: 8192 });
});

test("an inline key can be read by name and is nowhere else", () => {
  const key = "sk-ant-inline-key";
  const spec = runtime([analyst], { providers: { anthropic: { apiKey: key, baseURL: "https://models.example.com" } } });
  const other = runtime([analyst], { providers: { anthropic: { apiKey: "another" } } });

  expect(spec.providers.anthropic.apiKey).toBe(key);
  expect(JSON.stringify(spec) + inspect(spec, { depth: null })).not.toContain(key);
  expect(spec.manifest).toEqual(other.manifest);
});

test("without a word about keys the usual variable is meant", () => {
  expect(runtime([analyst]).providers.anthropic).toEqual({ apiKeyEnv: "ANTHROPIC_API_KEY" });
  expect(
    runtime([analyst], { providers: { anthropic: { baseURL: "http://127.0.0.1:9" } } }).providers.anthropic,
  ).toEqual({
    apiKeyEnv: "ANTHROPIC_API_KEY",
    baseURL: "http://127.0.0.1:9",
  });
});

test("a route to an agent that was never added says how to add it", () => {
  expect(() => runtime([boss])).toThrow(
    expect.objectContaining({ hint: 'Add an agent named "analyst" to agents, or change agents[0].routes[0].' }),
  );
});

test("agentTools gives an agent's own tools and knows only agents of the runtime", () => {
  const spec = runtime([boss, analyst]);

  expect([...agentTools(spec, "analyst").keys()]).toEqual(["search"]);
  expect([...agentTools(spec, "boss").keys()]).toEqual([]);
  expect(() => agentTools(spec, "constructor")).toThrow(
    'the agent must be one of analyst, boss, received "constructor"',
  );
});

function unfrozen(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Reflect.ownKeys(value).flatMap((key) => unfrozen(Reflect.get(value, key), `${path}.${String(key)}`));
  return Object.isFrozen(value) ? below : [path, ...below];
}
