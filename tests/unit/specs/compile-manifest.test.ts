import { expect, test } from "vitest";
import * as z from "zod";
import { Manifest } from "../../../src/protocol/manifest.ts";
import { defineCoordinator } from "../../../src/specs/agents/coordinator.ts";
import { defineSpecialist } from "../../../src/specs/agents/specialist.ts";
import type { AgentApproval } from "../../../src/specs/approval.ts";
import { compileManifest } from "../../../src/specs/compile-manifest.ts";
import { defineRuntime, type RuntimeSpec } from "../../../src/specs/runtime-spec.ts";
import { defineTenant } from "../../../src/specs/tenant.ts";
import { defineTool, type ToolSpec } from "../../../src/specs/tools/tool.ts";

const tenant = defineTenant("acme", "1");
const search = tool("search", "Searches.");
const count = tool("count", "Counts.");

function tool(name: string, description: string): ToolSpec {
  return defineTool({
    name,
    description,
    input: z.object({ q: z.string(), limit: z.number().optional() }),
    handler: () => null,
  });
}

function analyst(tools: readonly ToolSpec[]): ReturnType<typeof defineSpecialist> {
  return defineSpecialist({ name: "analyst", model: "m", prompt: "p", description: "Knows the data.", tools });
}

function boss(approval?: AgentApproval): ReturnType<typeof defineCoordinator<"boss", "analyst">> {
  return defineCoordinator({
    name: "boss",
    model: "m",
    prompt: "p",
    routes: ["analyst"],
    ...(approval === undefined ? {} : { approval }),
  });
}

test("the same spec compiles to the same manifest, whatever the order of declaration", () => {
  const one = defineRuntime({ tenant, agents: [boss(), analyst([search, count])] });
  const other = defineRuntime({ agents: [analyst([count, search]), boss()], tenant });

  expect(JSON.stringify(other.manifest)).toBe(JSON.stringify(one.manifest));
  expect(JSON.stringify(compileManifest(one))).toBe(JSON.stringify(one.manifest));
  expect(Manifest.parse(one.manifest)).toEqual(one.manifest);
});

test("the hash follows what the agents are told", () => {
  const manifests = [
    defineRuntime({ tenant, agents: [analyst([search])] }),
    defineRuntime({ tenant, agents: [analyst([count])] }),
    defineRuntime({ tenant, agents: [analyst([tool("search", "Searches well.")])] }),
    defineRuntime({ tenant: defineTenant("acme", "2"), agents: [analyst([search])] }),
  ].map((spec) => spec.manifest.hash);

  expect(new Set(manifests).size).toBe(4);
});

test("a coordinator is told of call_agent and whom it can call", () => {
  const { manifest } = defineRuntime({ tenant, agents: [boss(), analyst([])] });

  expect(manifest.entry).toBe("boss");
  expect(manifest.agents["boss"]?.tools).toMatchObject([
    {
      name: "call_agent",
      description: expect.stringContaining("- analyst: Knows the data."),
      input: {
        type: "object",
        properties: { agent: { type: "string", enum: ["analyst"] }, prompt: { type: "string" } },
        required: ["agent", "prompt"],
      },
    },
  ]);
  expect(manifest.agents["analyst"]).toMatchObject({ role: "specialist", routes: [], tools: [] });
});

test("a runtime without a coordinator has no entry", () => {
  expect(defineRuntime({ tenant, agents: [analyst([])] }).manifest.entry).toBeNull();
});

const always = { kind: "always" };
const never = { kind: "never" };
const RULES: readonly (readonly [what: string, spec: () => RuntimeSpec, rules: object])[] = [
  [
    "nobody says anything",
    () => defineRuntime({ tenant, agents: [boss(), analyst([])] }),
    { plans: always, tools: never },
  ],
  [
    "the coordinator says always",
    () => defineRuntime({ tenant, agents: [boss("always"), analyst([])] }),
    { plans: always, tools: always },
  ],
  [
    "the coordinator says never",
    () => defineRuntime({ tenant, agents: [boss("never"), analyst([])] }),
    { plans: never, tools: never },
  ],
  [
    "the coordinator says default",
    () => defineRuntime({ tenant, agents: [boss("default"), analyst([])] }),
    { plans: always, tools: never },
  ],
  [
    "policies stand beside the coordinator",
    () => defineRuntime({ tenant, agents: [boss("always"), analyst([])], approvalPolicies: { plans: "never" } }),
    { plans: never, tools: never },
  ],
  [
    "policies name a predicate",
    () =>
      defineRuntime({ tenant, agents: [analyst([])], approvalPolicies: { tools: { kind: "dynamic", value: "big" } } }),
    { plans: always, tools: { kind: "dynamic", value: "big" } },
  ],
];

test.each(RULES)("the rules of the runtime when %s", (_what, spec, rules) => {
  expect(spec().manifest.approvals).toEqual(rules);
});

test("settings of agents and tools are kept as they were said", () => {
  const guarded = defineTool({
    name: "pay",
    description: "Pays.",
    input: { type: "object" },
    handler: () => null,
    approval: () => true,
    effects: "once",
    timeoutMs: 5,
  });
  const agent = defineSpecialist({
    name: "payer",
    model: "m",
    prompt: "p",
    tools: [guarded],
    approval: "never",
    toolApprovals: { pay: "default" },
  });
  const { manifest } = defineRuntime({ tenant, agents: [agent] });

  expect(manifest.agents["payer"]).toMatchObject({
    approval: { kind: "never" },
    toolApprovals: { pay: { kind: "default" } },
    tools: [{ name: "pay", approval: { kind: "dynamic", value: "tool:pay" }, effects: "once", timeoutMs: 5 }],
  });
});
