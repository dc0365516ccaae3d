import type { AgentSpec } from "./agent.ts";
import { BUILT_IN_TOOLS, CALL_AGENT } from "./built-in-tools.ts";
import { describeValue } from "./describe-value.ts";
import { joinPath } from "./field-path.ts";
import type { PlanSpec } from "./plan.ts";
import { PROVIDER_NAMES } from "./providers.ts";
import type { ReferenceSpec } from "./reference.ts";
import { type SpecIssue, wrongField } from "./spec-issue.ts";
import { type DeclaredToolkit, TOOLKITS, toolkitToolNames } from "./toolkits.ts";
import { usedReferenceKinds } from "./used-reference-kinds.ts";

/** The parts of a runtime that name each other. */
export interface Wiring {
  readonly agents: readonly AgentSpec[];
  readonly plans: readonly PlanSpec[];
  readonly references: readonly ReferenceSpec[];
  readonly toolkits: readonly DeclaredToolkit[];
}

/** Every name in a runtime that leads nowhere or stands twice. */
export function wiringIssues(wiring: Wiring): readonly SpecIssue[] {
  return [
    ...coordinatorIssues(wiring.agents),
    ...duplicateIssues(
      "agents",
      "name",
      wiring.agents.map((agent) => agent.name),
    ),
    ...duplicateIssues(
      "plans",
      "name",
      wiring.plans.map((plan) => plan.name),
    ),
    ...duplicateIssues(
      "references",
      "name",
      wiring.references.map((reference) => reference.name),
    ),
    ...duplicateIssues(
      "toolkits",
      "id",
      wiring.toolkits.map((toolkit) => toolkit.id),
    ),
    ...wiring.toolkits.flatMap((toolkit, index) => [
      ...toolkitIssues(toolkit.id, `toolkits[${index}].id`),
      ...toolkitConfigIssues(toolkit, `toolkits[${index}].config`),
    ]),
    ...wiring.plans.flatMap((plan, index) => referenceIssues(plan, `plans[${index}].schema`, wiring.references)),
    ...wiring.agents.flatMap((agent, index) => agentIssues(agent, `agents[${index}]`, wiring)),
  ];
}

function coordinatorIssues(agents: readonly AgentSpec[]): readonly SpecIssue[] {
  const names = agents.filter((agent) => agent.role === "coordinator").map((agent) => agent.name);
  return names.length < 2 ? [] : [wrongField("agents", "a list with at most one coordinator", quotedList(names))];
}

function duplicateIssues(field: string, key: string, names: readonly string[]): readonly SpecIssue[] {
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    return first === index
      ? []
      : [
          wrongField(
            `${field}[${index}].${key}`,
            `another ${key} than ${field}[${first}].${key} has`,
            describeValue(name),
          ),
        ];
  });
}

function referenceIssues(plan: PlanSpec, path: string, references: readonly ReferenceSpec[]): readonly SpecIssue[] {
  const known = references.map((reference) => reference.name);
  return usedReferenceKinds(plan)
    .filter((kind) => !known.includes(kind))
    .map((kind) =>
      wrongField(
        path,
        `a schema whose handles {kind, id} are of references registered in references (${known.join(", ") || "none is"})`,
        describeValue(kind),
      ),
    );
}

function toolkitIssues(id: string, path: string): readonly SpecIssue[] {
  const known = TOOLKITS.map((toolkit) => toolkit.id);
  return known.includes(id)
    ? []
    : [wrongField(path, `one of the known toolkits (${known.join(", ") || "there is none yet"})`, describeValue(id))];
}

/** A toolkit's config narrows it to some of its tools and says nothing else. */
function toolkitConfigIssues({ id, config = {} }: DeclaredToolkit, path: string): readonly SpecIssue[] {
  const known = TOOLKITS.find((toolkit) => toolkit.id === id)?.tools;
  if (known === undefined) return [];
  const unknown = Object.keys(config).filter((key) => key !== "tools");
  const tools = config["tools"] ?? known;
  const wrong =
    Array.isArray(tools) && tools.length > 0 ? tools.filter((name) => !known.some((own) => own === name)) : [tools];
  return [
    ...unknown.map((key) =>
      wrongField(joinPath(path, key), "left out: a toolkit takes only tools", describeValue(config[key])),
    ),
    ...wrong.map((name) =>
      wrongField(`${path}.tools`, `names of its tools (${known.join(", ")})`, describeValue(name)),
    ),
  ];
}

function agentIssues(agent: AgentSpec, path: string, wiring: Wiring): readonly SpecIssue[] {
  return [
    ...routeIssues(agent, path, wiring.agents),
    ...planIssues(agent, path, wiring.plans),
    ...providerIssues(agent, path),
    ...bindingIssues(
      agent,
      path,
      wiring.toolkits.map((toolkit) => toolkit.id),
    ),
    ...toolNameIssues(agent, path, wiring.toolkits),
    ...overrideIssues(agent, path, wiring.toolkits),
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

function bindingIssues(agent: AgentSpec, path: string, declared: readonly string[]): readonly SpecIssue[] {
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

function quotedList(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
