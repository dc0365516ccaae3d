import { differentPeople, isSamePerson } from "../lib/same-person.ts";
import type { Gate } from "./gate.ts";

/** Who asks for a plan that a program stored without naming anybody. */
export const HOST = "host";

/** Who asked: a person by name, or, where nobody was named, the agent or the program that did. */
export function requesterKind({
  requestedBy,
  agent,
}: Pick<Gate, "requestedBy" | "agent">): "person" | "agent" | "program" {
  if (requestedBy === agent) return "agent";
  return agent === undefined && requestedBy === HOST ? "program" : "person";
}

/** Whoever asked for something: for what it is now, and for what it was before. */
export type Askers = Pick<Gate, "requestedBy" | "alsoAskedBy">;

/** The same, with nobody left out. */
export interface AllAskers extends Askers {
  readonly alsoAskedBy: readonly string[];
}

/** Who asks for a plan once its next revision is stored: nobody who ever asked for one of it is forgotten. */
export function withAsker({ requestedBy: last, alsoAskedBy = [] }: Askers, requestedBy: string): AllAskers {
  const before = differentPeople([...alsoAskedBy, last]).filter((name) => !isSamePerson(name, requestedBy));
  return { requestedBy, alsoAskedBy: before };
}

/** Everybody who asked, by name. An agent or a program that nobody was named for is no person. */
export function peopleAsking({
  requestedBy,
  alsoAskedBy = [],
  agent,
}: Askers & Pick<Gate, "agent">): readonly string[] {
  return [requestedBy, ...alsoAskedBy].filter((name) => requesterKind({ requestedBy: name, agent }) === "person");
}
