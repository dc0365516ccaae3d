import type { AlwaysApproval, ApprovalRule, ApprovalSetting } from "../protocol/approval.ts";

/** The layers that speak about one tool of one agent, from broad to narrow. */
export interface ToolApprovalLayers {
  /** What the runtime says of tools, or else the coordinator's own `approval`; the manifest has settled which. */
  readonly runtime: ApprovalRule;
  readonly agent: ApprovalSetting;
  /** The tool's own word. It speaks only for the agents that bind the tool; null when it says nothing. */
  readonly tool: ApprovalSetting | null;
  readonly toolApproval: ApprovalSetting | undefined;
}

/** The layers that speak about the plans of one planning agent. */
export interface PlanApprovalLayers {
  readonly runtime: ApprovalRule;
  readonly agent: ApprovalSetting;
}

/** A rule of plans: predicates judge calls of tools only. */
export type PlanApprovalRule = Exclude<ApprovalRule, { kind: "dynamic" }>;

/** The rule of a tool: the narrowest layer that says something other than `default` wins, as a whole. */
export function resolveToolApproval(layers: ToolApprovalLayers): ApprovalRule {
  return [layers.agent, layers.tool, layers.toolApproval].reduce<ApprovalRule>(narrow, layers.runtime);
}

/** The rule of an agent's plans. A predicate cannot judge a plan: where one is named, a person decides. */
export function resolvePlanApproval({ runtime, agent }: PlanApprovalLayers): PlanApprovalRule {
  const rule = narrow(runtime, agent);
  return rule.kind === "dynamic" ? A_PERSON : rule;
}

const A_PERSON: AlwaysApproval = { kind: "always" };

function narrow(rule: ApprovalRule, layer: ApprovalSetting | null | undefined): ApprovalRule {
  return layer === null || layer === undefined || layer.kind === "default" ? rule : layer;
}
