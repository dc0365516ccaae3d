import type { AgentSpec } from "../../../specs/agents/agent.ts";
import type { InputSchema } from "../../../specs/schemas/input-schema.ts";
import {
  EXECUTE_PLAN,
  GET_PLAN,
  GLIMPSE_REF,
  planIdInput,
  referenceInput,
  RESOLVE_REF,
  STORE_PLAN,
  storePlanInput,
} from "../../../specs/plans/plan-tools.ts";
import type { RuntimeSpec } from "../../../specs/runtime-spec.ts";

/** The arguments of a plan tool that this agent's role owns; undefined for every other name. */
export function planToolInput(spec: RuntimeSpec, agentName: string, tool: string): InputSchema | undefined {
  const agent = spec.agents.find((candidate) => candidate.name === agentName);
  if (agent?.role === "planner") return plannerInput(spec, agent, tool);
  return agent?.role === "executor" ? executorInput(spec, tool) : undefined;
}

function plannerInput(
  spec: RuntimeSpec,
  { plan: name }: Extract<AgentSpec, { role: "planner" }>,
  tool: string,
): InputSchema | undefined {
  const plan = spec.plans.find((candidate) => candidate.name === name);
  if (tool === STORE_PLAN && plan !== undefined) return storePlanInput(plan);
  return tool === GET_PLAN ? planIdInput() : undefined;
}

function executorInput(spec: RuntimeSpec, tool: string): InputSchema | undefined {
  if (tool === GET_PLAN || tool === EXECUTE_PLAN) return planIdInput();
  return tool === RESOLVE_REF || tool === GLIMPSE_REF ? referenceInput(spec.references) : undefined;
}
