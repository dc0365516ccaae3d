import { deepFreeze } from "../../lib/deep-freeze.ts";
import { parseSpec } from "../parse-spec.ts";
import { fields } from "../spec-fields.ts";
import { type AgentDefinition, agentShape, completeAgent, planField, type PlanRef, type PlannerSpec } from "./agent.ts";

/**
 * What `definePlanner` takes. `approval` is the rule of its plans and also of every tool that it binds, one that only reads too: give
 * such a tool `approval: "never"`, or say the rule of plans at the runtime, in `approvalPolicies.plans`.
 */
export interface PlannerDefinition<Name extends string> extends AgentDefinition<Name> {
  /** The kind of plan, which the runtime must register. */
  readonly plan: PlanRef;
}

const Definition = fields({ ...agentShape, plan: planField });

/** Declares a planner. Proposes plans; never executes one. Remembers its threads unless told otherwise. */
export function definePlanner<const Name extends string>(definition: PlannerDefinition<Name>): PlannerSpec<Name> {
  const parsed = parseSpec("definePlanner", Definition, definition);
  return deepFreeze({ ...completeAgent(parsed, true), role: "planner", name: definition.name, plan: parsed.plan });
}
