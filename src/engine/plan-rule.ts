import type { ApprovalRule } from "../protocol/approval.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { isUndoId } from "../protocol/undo-id.ts";
import { resolvePlanApproval } from "./resolve-approval.ts";

/**
 * The rule of the agent that stored a plan; a plan from elsewhere has the runtime's. Taking back is never a policy's to decide: a person
 * says so, also where the plan itself asked nobody.
 */
export function planRule(
  { approvals, agents }: Pick<Manifest, "approvals" | "agents">,
  { planId, agent }: { readonly planId: string; readonly agent: string | null },
): ApprovalRule {
  const own = agents[agent ?? ""]?.approval ?? { kind: "default" };
  const rule = resolvePlanApproval({ runtime: approvals.plans, agent: own });
  return rule.kind === "never" && isUndoId(planId) ? { kind: "always" } : rule;
}
