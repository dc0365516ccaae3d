import { describeValue } from "../describe-value.ts";
import { joinPath } from "../field-path.ts";
import type { PlanSpec } from "../plans/plan.ts";
import { PROVIDER_NAMES } from "../providers.ts";
import { type SpecIssue, wrongField } from "../spec-issue.ts";
import { BUILT_IN_TOOLS, CALL_AGENT } from "../tools/built-in-tools.ts";
import { toolkitIssues } from "../tools/toolkit-issues.ts";
import { type DeclaredToolkit, toolkitToolNames } from "../tools/toolkits.ts";
import type { AgentSpec } from "./agent.ts";

/** What the names in an agent may lead to. */
export interface AgentSurroundings {
  readonly agents: readonly AgentSpec[];
  readonly plans: readonly PlanSpec[];
  readonly toolkits: readonly DeclaredToolkit[];
}

/** Every name in an agent that leads nowhere in its runtime, or that two of its tools have. */
export function agentIssues(agent: AgentSpec, path: string, around: AgentSurroundings): readonly SpecIssue[] {
  return [
    ...routeIssues(agent, path, around.agents),
    ...planIssues(agent, path, around.plans),
    ...providerIssues(agent, path),
    ...bindingIssues(agent, path, around.toolkits),
    ...toolNameIssues(agent, path, around.toolkits),
    ...overrideIssues(agent, path, around.toolkits),
  ];
}

function routeIssues(agent: AgentSpec, path: string, agents: readonly AgentSpec[]): readonly SpecIssue[] {
  if (agent.role !== "coordinator") return [];
  const reachable = agents.map((other) => other.name).filter((name) => name !== agent.name);
  const expected =
    reachable.length === 0
      ? "the name of another agent of this runtime, which has none"
      : `the name of another agent (${reachable.join(", ")})`;
  return agent.routes.flatMap((route, index) => {
    if (reachable.includes(route)) return [];
    const place = `${path}.routes[${index}]`;
    const issue = wrongField(place, expected, describeValue(route));
    if (reachable.length > 0 || route === agent.name) return [issue];
    return [{ ...issue, hint: `Add an agent named ${describeValue(route)} to agents, or change ${place}.` }];
  });
}

function planIssues(agent: AgentSpec, path: string, plans: readonly PlanSpec[]): readonly SpecIssue[] {
  if (agent.role !== "planner" && agent.role !== "executor") return [];
  const known = plans.map((plan) => plan.name);
  if (known.includes(agent.plan)) return [];
  return [
    wrongField(
      `${path}.plan`,
      `a plan registered in plans (${known.join(", ") || "none is"})`,
      describeValue(agent.plan),
    ),
  ];
}

function providerIssues(agent: AgentSpec, path: string): readonly SpecIssue[] {
  const { provider } = agent.model;
  return PROVIDER_NAMES.includes(provider)
    ? []
    : [wrongField(`${path}.model.provider`, `one of ${PROVIDER_NAMES.join(", ")}`, describeValue(provider))];
}

function bindingIssues(agent: AgentSpec, path: string, toolkits: readonly DeclaredToolkit[]): readonly SpecIssue[] {
  const declared = toolkits.map((toolkit) => toolkit.id);
  return agent.toolkits.flatMap((id, index) => {
    const place = `${path}.toolkits[${index}]`;
    const unknown = toolkitIssues(id, place);
    if (unknown.length > 0) return unknown;
    return declared.includes(id)
      ? []
      : [
          wrongField(
            place,
            `a toolkit that the runtime declares (${declared.join(", ") || "it declares none"})`,
            describeValue(id),
          ),
        ];
  });
}

function toolNameIssues(agent: AgentSpec, path: string, declared: readonly DeclaredToolkit[]): readonly SpecIssue[] {
  const names = agent.tools.map((tool) => tool.name);
  return names.flatMap((name, index) => {
    const place = `${path}.tools[${index}].name`;
    const first = names.indexOf(name);
    if (first !== index)
      return [wrongField(place, `another name than ${path}.tools[${first}].name has`, describeValue(name))];
    const owner = otherOwner(agent, name, declared);
    return owner === undefined
      ? []
      : [wrongField(place, `another name than ${owner} of the ${agent.role} "${agent.name}" has`, describeValue(name))];
  });
}

function otherOwner(agent: AgentSpec, name: string, declared: readonly DeclaredToolkit[]): string | undefined {
  if (BUILT_IN_TOOLS[agent.role].includes(name)) return `the built-in tool "${name}"`;
  const toolkit = declared.find((use) => agent.toolkits.includes(use.id) && toolkitToolNames(use).includes(name));
  return toolkit === undefined ? undefined : `the tool "${name}" of the toolkit "${toolkit.id}"`;
}

function overrideIssues(agent: AgentSpec, path: string, declared: readonly DeclaredToolkit[]): readonly SpecIssue[] {
  const bound = boundToolNames(agent, declared);
  return Object.keys(agent.toolApprovals)
    .filter((name) => !bound.includes(name))
    .map((name) =>
      wrongField(
        joinPath(`${path}.toolApprovals`, name),
        `the name of a tool that "${agent.name}" binds (${bound.join(", ") || "it binds none"})`,
        describeValue(name),
      ),
    );
}

function boundToolNames(agent: AgentSpec, declared: readonly DeclaredToolkit[]): readonly string[] {
  const own = agent.tools.map((tool) => tool.name);
  const kits = declared.filter((use) => agent.toolkits.includes(use.id)).flatMap(toolkitToolNames);
  return [...new Set([...own, ...kits, ...(agent.role === "coordinator" ? [CALL_AGENT] : [])])];
}
