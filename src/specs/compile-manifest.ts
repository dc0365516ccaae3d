import { deepFreeze } from "../lib/deep-freeze.ts";
import { sha256 } from "../lib/sha256.ts";
import { stableJson } from "../lib/stable-json.ts";
import type { ApprovalDefaults, ApprovalRule } from "../protocol/approval.ts";
import { type AgentManifest, Manifest, type PlanManifest, type ToolManifest } from "../protocol/manifest.ts";
import type { AgentSpec } from "./agents/agent.ts";
import type { PlanSpec } from "./plans/plan.ts";
import { executorTools, plannerTools } from "./plans/plan-tools.ts";
import type { ReferenceSpec } from "./references/reference.ts";
import type { TenantSpec } from "./tenant.ts";
import { callAgentTool } from "./tools/built-in-tools.ts";
import type { ToolSpec } from "./tools/tool.ts";
import { type DeclaredToolkit, toolkitTools } from "./tools/toolkits.ts";

/** The parts of a runtime that are compiled. Transport and keys are none of them. */
export interface ManifestSource {
  readonly tenant: TenantSpec;
  readonly agents: readonly AgentSpec[];
  readonly plans: readonly PlanSpec[];
  readonly references: readonly ReferenceSpec[];
  readonly toolkits: readonly DeclaredToolkit[];
  readonly approvalPolicies: { readonly plans?: ApprovalRule; readonly tools?: ApprovalRule } | null;
}

/** Compiles a runtime to JSON. The order in which agents and tools were declared makes no difference. */
export function compileManifest(source: ManifestSource): Manifest {
  const entry = source.agents.find((agent) => agent.role === "coordinator");
  const manifest = {
    schemaVersion: 1,
    tenant: { id: source.tenant.resourceId, version: source.tenant.version },
    entry: entry?.name ?? null,
    approvals: approvalDefaults(source.approvalPolicies, entry),
    agents: Object.fromEntries(byName(source.agents).map((agent) => [agent.name, agentManifest(agent, source)])),
    plans: Object.fromEntries(byName(source.plans).map((plan) => [plan.name, planManifest(plan)])),
    references: Object.fromEntries(
      byName(source.references).map(({ name, hash, ttlMs }) => [name, { hash, ttlMs }] as const),
    ),
  };
  return deepFreeze(Manifest.parse({ ...manifest, hash: sha256(stableJson(manifest)) }));
}

function approvalDefaults(
  policies: ManifestSource["approvalPolicies"],
  entry: AgentSpec | undefined,
): ApprovalDefaults {
  if (policies !== null) return { ...STANDARD, ...policies };
  if (entry === undefined || entry.approval.kind === "default") return STANDARD;
  return { plans: entry.approval, tools: entry.approval };
}

const STANDARD: ApprovalDefaults = { plans: { kind: "always" }, tools: { kind: "never" } };

function agentManifest(agent: AgentSpec, source: ManifestSource): AgentManifest {
  const bound = [...agent.tools, ...toolkitTools(agent, source.toolkits)];
  const tools = [...bound.map(toolManifest), ...builtInTools(agent, source)];
  return {
    name: agent.name,
    role: agent.role,
    model: agent.model,
    prompt: { cacheKey: agent.prompt.cacheKey, layers: agent.prompt.layers },
    routes: agent.role === "coordinator" ? agent.routes : [],
    tools: byName(tools),
    approval: agent.approval,
    toolApprovals: Object.fromEntries(Object.entries(agent.toolApprovals).sort(([a], [b]) => (a < b ? -1 : 1))),
    stateful: agent.stateful,
    maxTurns: agent.maxTurns,
  };
}

function builtInTools(agent: AgentSpec, { agents, plans, references }: ManifestSource): readonly ToolManifest[] {
  switch (agent.role) {
    case "coordinator":
      return [callAgentTool(agent, agents)];
    case "planner":
      return plans.filter((plan) => plan.name === agent.plan).flatMap(plannerTools);
    case "executor":
      return executorTools(references);
    case "specialist":
      return [];
  }
}

function planManifest({ hash, schema, displayAliases, kinds }: PlanSpec): PlanManifest {
  return { hash, schema: schema.jsonSchema, displayAliases, kinds };
}

function toolManifest(tool: ToolSpec): ToolManifest {
  const { name, description, approval, effects, timeoutMs } = tool;
  return { name, description, input: tool.input.jsonSchema, approval, effects, timeoutMs };
}

function byName<Named extends { readonly name: string }>(items: readonly Named[]): readonly Named[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}
