import * as z from "zod";
import { InternalError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { DEFAULT_TOOL_TIMEOUT_MS } from "../../protocol/limits/tool.ts";
import type { AgentRole, ToolManifest } from "../../protocol/manifest.ts";
import type { AgentSpec, CoordinatorSpec } from "../agents/agent.ts";
import { compileInputSchema, type InputSchema } from "../schemas/input-schema.ts";

/** The tools that a role owns; no other tool of an agent in that role may have their names. */
export const BUILT_IN_TOOLS: { readonly [role in AgentRole]: readonly string[] } = {
  coordinator: ["call_agent"],
  planner: ["storePlan", "getPlan"],
  executor: ["getPlan", "executePlan", "resolveRef", "glimpseRef"],
  specialist: [],
};

/** The tool by which a coordinator hands work to another agent. */
export const CALL_AGENT = "call_agent";

/** What the model of a coordinator is told about `call_agent`. */
export function callAgentTool(coordinator: CoordinatorSpec, agents: readonly AgentSpec[]): ToolManifest {
  const { jsonSchema } = callAgentInput(coordinator.routes);
  return builtInTool(CALL_AGENT, callAgentDescription(coordinator.routes, agents), jsonSchema);
}

/** The arguments of `call_agent`. */
export interface CallAgentArgs {
  readonly agent: string;
  readonly prompt: string;
}

/** The arguments of `call_agent` for a coordinator with these routes. */
export function callAgentInput(routes: readonly string[]): InputSchema<CallAgentArgs> {
  return builtInInput(
    z.strictObject({
      agent: z.enum(routes).describe("The agent to call."),
      prompt: z
        .string()
        .min(1)
        .describe("The task, with everything the agent needs to know; it does not see this conversation."),
    }),
  );
}

function callAgentDescription(routes: readonly string[], agents: readonly AgentSpec[]): string {
  const lines = routes.map((route) => {
    const description = agents.find((agent) => agent.name === route)?.description;
    return description === undefined ? `- ${route}` : `- ${route}: ${description}`;
  });
  return ["Hand a task to another agent and get its answer. Agents:", ...lines].join("\n");
}

/** A built-in tool as data. None has effects of its own: what a plan does waits at the plan's gate. */
export function builtInTool(name: string, description: string, input: JsonObject): ToolManifest {
  return { name, description, input, approval: null, effects: "none", timeoutMs: DEFAULT_TOOL_TIMEOUT_MS };
}

/** The arguments of a built-in tool. */
export function builtInInput<Args>(schema: z.ZodType<Args>): InputSchema<Args> {
  const compiled = compileInputSchema(schema, "input");
  if (!compiled.ok) throw new InternalError("the input schema of a built-in tool did not compile");
  // Args is what this very schema gives.
  return compiled.input as InputSchema<Args>;
}
