import type { AgentSpec } from "./agents/agent.ts";
import { type AgentSurroundings, agentIssues } from "./agents/agent-issues.ts";
import { describeValue } from "./describe-value.ts";
import type { PlanSpec } from "./plans/plan.ts";
import type { ReferenceSpec } from "./references/reference.ts";
import { usedReferenceKinds } from "./references/used-reference-kinds.ts";
import { type SpecIssue, wrongField } from "./spec-issue.ts";
import { toolkitConfigIssues, toolkitIssues } from "./tools/toolkit-issues.ts";

/** The parts of a runtime that name each other. */
export interface Wiring extends AgentSurroundings {
  readonly references: readonly ReferenceSpec[];
}

/** Every name in a runtime that leads nowhere or stands twice. */
export function wiringIssues(wiring: Wiring): readonly SpecIssue[] {
  return [
    ...coordinatorIssues(wiring.agents),
    ...duplicateIssues("agents", "name", namesOf(wiring.agents)),
    ...duplicateIssues("plans", "name", namesOf(wiring.plans)),
    ...duplicateIssues("references", "name", namesOf(wiring.references)),
    ...duplicateIssues(
      "toolkits",
      "id",
      wiring.toolkits.map(({ id }) => id),
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
    if (first === index) return [];
    const expected = `another ${key} than ${field}[${first}].${key} has`;
    return [wrongField(`${field}[${index}].${key}`, expected, describeValue(name))];
  });
}

function referenceIssues(plan: PlanSpec, path: string, references: readonly ReferenceSpec[]): readonly SpecIssue[] {
  const known = namesOf(references);
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

function namesOf(named: readonly { readonly name: string }[]): readonly string[] {
  return named.map(({ name }) => name);
}

function quotedList(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
