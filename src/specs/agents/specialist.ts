import { deepFreeze } from "../../lib/deep-freeze.ts";
import { parseSpec } from "../parse-spec.ts";
import { fields } from "../spec-fields.ts";
import { type AgentDefinition, agentShape, completeAgent, type SpecialistSpec } from "./agent.ts";

const Definition = fields(agentShape);

/** Declares a specialist: an agent with tools of its own and no built-in ones. Starts clean every time unless told otherwise. */
export function defineSpecialist<const Name extends string>(definition: AgentDefinition<Name>): SpecialistSpec<Name> {
  const parsed = parseSpec("defineSpecialist", Definition, definition);
  return deepFreeze({ ...completeAgent(parsed, false), role: "specialist", name: definition.name });
}
