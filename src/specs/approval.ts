import * as z from "zod";
import { differentPeople } from "../lib/same-person.ts";
import type { AlwaysApproval, ApprovalRule, ApprovalSetting } from "../protocol/approval.ts";
import { fields, flagField, list, textField, wholeField } from "./spec-fields.ts";

/** A predicate registered with the runtime decides per call. */
export interface DynamicApproval {
  readonly kind: "dynamic";
  readonly value: string;
}

/**
 * What an agent's `approval` may say. `default` leaves the runtime's rule as it is; anything else takes its place as a whole, also where
 * it asks for less.
 */
export type AgentApproval = "always" | "never" | "default" | AlwaysApproval;

/** What an agent may say about one of its tools. */
export type ToolApprovalOverride = AgentApproval | DynamicApproval;

/** What a tool may say about itself, besides a predicate function. */
export type ToolApproval = "always" | "never" | AlwaysApproval | DynamicApproval;

/** What a runtime may say about plans and tools: what holds where nothing narrower speaks. It is no minimum. */
export interface ApprovalPolicies {
  readonly plans?: "always" | "never" | AlwaysApproval;
  readonly tools?: ToolApproval;
}

/** Predicate ids that start so belong to the predicate functions of tools. */
export const TOOL_PREDICATE_PREFIX = "tool:";

const always = z.literal("always").transform((kind): { kind: "always" } => ({ kind }));
const never = z.literal("never").transform((kind): { kind: "never" } => ({ kind }));
const standard = z.literal("default").transform((kind): { kind: "default" } => ({ kind }));
const namesField = list(textField, "a list of names").min(
  1,
  "a list with at least one name, for with none nobody could approve (leave it out to let anybody)",
);

const alwaysRule = fields({
  kind: z.literal("always"),
  approvers: namesField.optional(),
  min: wholeField(1, Number.MAX_SAFE_INTEGER).optional(),
  notRequester: flagField.optional(),
  expiresInMs: wholeField(1, Number.MAX_SAFE_INTEGER).optional(),
  onExpire: z.enum(["reject", "expire"], { error: '"reject" or "expire"' }).optional(),
}).refine(hasEnoughApprovers, { path: ["min"], error: "at most the number of approvers" });

/** An empty list is told as such. Names that mean one person are one approver. */
function hasEnoughApprovers({
  approvers = [],
  min = 1,
}: {
  approvers?: readonly string[] | undefined;
  min?: number | undefined;
}): boolean {
  return approvers.length === 0 || min <= differentPeople(approvers).length;
}

const dynamicRule = fields({
  kind: z.literal("dynamic"),
  value: textField.refine(
    (id) => !id.startsWith(TOOL_PREDICATE_PREFIX),
    `a predicate id that does not start with "${TOOL_PREDICATE_PREFIX}"`,
  ),
});

/** `approval` of an agent. */
export const agentApprovalField: z.ZodType<ApprovalSetting> = z.union([always, never, standard, alwaysRule], {
  error: '"always", "never", "default" or {kind: "always", …}',
});

/** One entry of `toolApprovals`. */
export const toolApprovalField: z.ZodType<ApprovalSetting> = z.union(
  [always, never, standard, alwaysRule, dynamicRule],
  {
    error: '"always", "never", "default", {kind: "always", …} or {kind: "dynamic", value}',
  },
);

/** `approval` of a tool that is not a function, and `approvalPolicies.tools`. */
export const toolRuleField: z.ZodType<ApprovalRule> = z.union([always, never, alwaysRule, dynamicRule], {
  error: '"always", "never", {kind: "always", …} or {kind: "dynamic", value}',
});

/** `approvalPolicies.plans`. */
export const planRuleField: z.ZodType<ApprovalRule> = z.union([always, never, alwaysRule], {
  error: '"always", "never" or {kind: "always", …}',
});
