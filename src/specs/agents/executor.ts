import { deepFreeze } from "../../lib/deep-freeze.ts";
import { parseSpec } from "../parse-spec.ts";
import { fields } from "../spec-fields.ts";
import {
  type AgentDefinition,
  agentShape,
  completeAgent,
  planField,
  type PlanRef,
  type ExecutorSpec,
} from "./agent.ts";

/** What `defineExecutor` takes. */
export interface ExecutorDefinition<Name extends string> extends AgentDefinition<Name> {
  /** The kind of plan, which the runtime must register. */
  readonly plan: PlanRef;
}

const Definition = fields({ ...agentShape, plan: planField });

/** Declares an executor. Executes approved plans; never stores one. Starts clean every time unless told otherwise. */
export function defineExecutor<const Name extends string>(definition: ExecutorDefinition<Name>): ExecutorSpec<Name> {
  const parsed = parseSpec("defineExecutor", Definition, definition);
  return deepFreeze({ ...completeAgent(parsed, false), role: "executor", name: definition.name, plan: parsed.plan });
}
