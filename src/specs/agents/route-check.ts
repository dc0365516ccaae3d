import type { AgentSpec, CoordinatorSpec } from "./agent.ts";

/** A mistake told by the compiler: the message is in the type that a value is not assignable to. */
export interface SpecTypeError<Message extends string> {
  readonly specTypeError: Message;
}

/** The agents themselves, or a SpecTypeError in the place of a coordinator whose routes lead nowhere. Names that are only known as `string` are left to run time. */
export type CheckedAgents<Agents extends readonly AgentSpec[]> = {
  readonly [Index in keyof Agents]: CheckedAgent<Agents[Index], Agents[number]["name"]>;
};

type CheckedAgent<Agent, Names extends string> =
  Agent extends CoordinatorSpec<infer Name, infer Route>
    ? string extends Names | Route
      ? Agent
      : [Exclude<Route, Names>] extends [never]
        ? Name extends Route
          ? SpecTypeError<`route '${Name}' is the coordinator itself`>
          : Agent
        : SpecTypeError<`route '${Exclude<Route, Names>}' names no agent`>
    : Agent;
