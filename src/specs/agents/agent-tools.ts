import { InputError } from "../../protocol/errors.ts";
import type { RuntimeSpec } from "../runtime-spec.ts";
import type { ToolSpec } from "../tools/tool.ts";
import { toolkitTools } from "../tools/toolkits.ts";

/** The tools that an agent binds, its own and those of toolkits, by name. Built-in tools have no handler and are not among them. */
export function agentTools(spec: RuntimeSpec, agentName: string): ReadonlyMap<string, ToolSpec> {
  const agent = spec.agents.find((candidate) => candidate.name === agentName);
  if (agent === undefined) {
    const known = spec.agents.map((candidate) => candidate.name).join(", ");
    throw new InputError("AGENT_UNKNOWN", `the agent must be one of ${known}, received ${JSON.stringify(agentName)}`, {
      hint: "Name an agent of the runtime.",
    });
  }
  return new Map([...agent.tools, ...toolkitTools(agent, spec.toolkits)].map((tool) => [tool.name, tool]));
}
