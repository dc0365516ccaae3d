import type { ApprovalRule, ApprovalSetting } from "../protocol/approval.ts";

/** The layers that speak about one tool of one agent, from broad to narrow. */
export interface ToolApprovalLayers {
  readonly floor: ApprovalRule;
  readonly agent: ApprovalSetting;
  readonly tool: ApprovalSetting | null;
  readonly toolApproval: ApprovalSetting | undefined;
}

/** The rule of a tool: the narrowest layer that says something other than `default` wins. */
export function resolveToolApproval(layers: ToolApprovalLayers): ApprovalRule {
  return [layers.agent, layers.tool, layers.toolApproval].reduce<ApprovalRule>(narrow, layers.floor);
}

function narrow(rule: ApprovalRule, layer: ApprovalSetting | null | undefined): ApprovalRule {
  return layer === null || layer === undefined || layer.kind === "default" ? rule : layer;
}
