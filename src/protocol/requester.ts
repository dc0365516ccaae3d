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
