import { deepFreeze } from "../../lib/deep-freeze.ts";
import { parseSpec } from "../parse-spec.ts";
import { fields, list, textField } from "../spec-fields.ts";
import { type AgentDefinition, agentShape, completeAgent, type CoordinatorSpec } from "./agent.ts";

/** What `defineCoordinator` takes. */
export interface CoordinatorDefinition<Name extends string, Route extends string> extends AgentDefinition<Name> {
  /** Names of the agents it may call, at least one. */
  readonly routes: readonly Route[];
}

const ROUTES = "a list of at least one agent name";

const Definition = fields({
  ...agentShape,
  routes: list(textField, ROUTES)
    .min(1, ROUTES)
    .refine((routes) => new Set(routes).size === routes.length, "a list of different agent names"),
});

/** Declares the entry point of an app: the only agent that routes. Remembers its threads unless told otherwise. */
export function defineCoordinator<const Name extends string, const Route extends string>(
  definition: CoordinatorDefinition<Name, Route>,
): CoordinatorSpec<Name, Route> {
  const parsed = parseSpec("defineCoordinator", Definition, definition);
  return deepFreeze({
    ...completeAgent(parsed, true),
    role: "coordinator",
    name: definition.name,
    routes: [...definition.routes],
  });
}
