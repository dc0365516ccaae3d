import type { AgentManifest, AgentSlice, Manifest, ToolManifest, ToolSlice } from "../protocol/manifest.ts";
import { DEFAULT_TOOL_TIMEOUT_MS } from "../protocol/limits/tool.ts";
import { resolveToolApproval } from "./resolve-approval.ts";

/** The part of an agent that its workflow needs. Plain tools are left out: a slice stays small however many tools there are. */
export function agentSlice(manifest: Manifest, agent: AgentManifest, heartbeatMs: number): AgentSlice {
  const special = agent.tools.flatMap((tool) => {
    const slice = toolSlice(manifest, agent, tool);
    return Object.keys(slice).length === 0 ? [] : [[tool.name, slice] as const];
  });
  return { maxTurns: agent.maxTurns, routes: agent.routes, tools: Object.fromEntries(special), heartbeatMs };
}

function toolSlice(manifest: Manifest, agent: AgentManifest, tool: ToolManifest): ToolSlice {
  const approval = resolveToolApproval({
    runtime: manifest.approvals.tools,
    agent: agent.approval,
    tool: tool.approval,
    toolApproval: agent.toolApprovals[tool.name],
  });
  return {
    ...(approval.kind === "never" ? {} : { approval }),
    ...(tool.effects === "none" ? {} : { effects: tool.effects }),
    ...(tool.timeoutMs === DEFAULT_TOOL_TIMEOUT_MS ? {} : { timeoutMs: tool.timeoutMs }),
  };
}
