import { isApproved } from "../../engine/judge-answer.ts";
import { resolveToolApproval } from "../../engine/resolve-approval.ts";
import { callHash } from "../../engine/tool-gate.ts";
import type { ErrorInfo } from "../../protocol/errors.ts";
import type { RunToolInput } from "../../protocol/turn.ts";
import { type FoundCall, gatedCall } from "./find-call.ts";

/**
 * The last look before a tool runs, whatever sent it here. The gate it came through must have been approved for this very call; a call
 * that came without one may run only where this worker's own rules ask nobody. Null when nothing stands against it.
 */
export async function whyNotApproved(found: FoundCall, { gate }: RunToolInput): Promise<ErrorInfo | null> {
  if (gate === undefined)
    return asksSomebody(found) ? missing(found, "this worker's rules ask a person about it") : null;
  const { store, binding, turn } = found.place;
  const open = await store.gates.get(gate);
  const isOwn = open?.call?.turn === turn && open.call.callId === found.call.callId;
  if (open === null || !isOwn || open.gate.contentHash !== callHash(gatedCall(found)))
    return missing(found, "its gate is not one of this call");
  const decisions = await store.gates.decisions(gate);
  if (isApproved(open.gate, decisions, binding.approvals.mode)) return null;
  return missing(found, "its approval does not count here");
}

/** A predicate was asked by whoever opened no gate; only a rule that always asks can be told from here. */
function asksSomebody({ place, agent, call }: FoundCall): boolean {
  const tool = agent.tools.find(({ name }) => name === call.name);
  if (tool === undefined) return false;
  const rule = resolveToolApproval({
    runtime: place.binding.spec.manifest.approvals.tools,
    agent: agent.approval,
    tool: tool.approval,
    toolApproval: agent.toolApprovals[tool.name],
  });
  return rule.kind === "always";
}

function missing({ call }: FoundCall, why: string): ErrorInfo {
  return {
    code: "APPROVAL_MISSING",
    message: `This call of "${call.name}" was not run: ${why}.`,
    hint: "Rules or keys changed since the turn began. Ask for the call again.",
  };
}
