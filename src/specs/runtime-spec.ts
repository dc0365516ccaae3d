import * as z from "zod";
import { deepFreeze } from "../lib/deep-freeze.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import type { ApprovalRule } from "../protocol/approval.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { AgentSpec } from "./agents/agent.ts";
import type { CheckedAgents } from "./agents/route-check.ts";
import { type ApprovalPolicies, planRuleField, toolRuleField } from "./approval.ts";
import { compileManifest } from "./compile-manifest.ts";
import { parseSpec } from "./parse-spec.ts";
import type { PlanSpec } from "./plans/plan.ts";
import { completeProviders, type Providers, providersField } from "./providers.ts";
import type { ReferenceSpec } from "./references/reference.ts";
import { fields, jsonField, list, textField } from "./spec-fields.ts";
import { refuseIssues } from "./spec-issue.ts";
import { isSpec } from "./spec-kind.ts";
import type { TenantSpec } from "./tenant.ts";
import { wiringIssues } from "./wiring.ts";

/** A toolkit that a runtime offers, and its settings. */
export interface ToolkitUse {
  readonly id: string;
  readonly config?: JsonObject;
}

/** What `defineRuntime` takes. */
export interface RuntimeDefinition<Agents extends readonly AgentSpec[]> {
  readonly tenant: TenantSpec;
  readonly agents: Agents & CheckedAgents<Agents>;
  /** The kinds of plan that its planners and executors work with. */
  readonly plans?: readonly PlanSpec[];
  /** The kinds of reference that its plans and tools use. */
  readonly references?: readonly ReferenceSpec[];
  readonly toolkits?: readonly ToolkitUse[];
  readonly providers?: Providers;
  /**
   * The broadest layer of approvals: what holds where no agent and no tool says otherwise, and no minimum. Given, it takes the place of
   * the coordinator's `approval`.
   */
  readonly approvalPolicies?: ApprovalPolicies;
}

/** A declared runtime, wired and compiled. Bind it to a process with `createRuntime`. */
export interface RuntimeSpec {
  readonly kind: "runtime-spec";
  readonly tenant: TenantSpec;
  /** In the order of their names. */
  readonly agents: readonly AgentSpec[];
  readonly plans: readonly PlanSpec[];
  readonly references: readonly ReferenceSpec[];
  readonly toolkits: readonly ToolkitUse[];
  readonly providers: Required<Providers>;
  readonly approvalPolicies: { readonly plans?: ApprovalRule; readonly tools?: ApprovalRule } | null;
  readonly manifest: Manifest;
}

const AGENTS = "a list of at least one declared agent";

const Definition = fields({
  tenant: z.custom<TenantSpec>((value) => isSpec(value, "tenant"), { error: "a defineTenant value" }),
  agents: list(
    z.custom<AgentSpec>((value) => isSpec(value, "agent"), { error: "a declared agent" }),
    AGENTS,
  ).min(1, AGENTS),
  plans: list(
    z.custom<PlanSpec>((value) => isSpec(value, "plan"), { error: "a definePlan value" }),
    "a list of definePlan values",
  ).optional(),
  references: list(
    z.custom<ReferenceSpec>((value) => isSpec(value, "reference"), { error: "a defineReference value" }),
    "a list of defineReference values",
  ).optional(),
  toolkits: list(fields({ id: textField, config: jsonField.optional() }), "a list of {id, config}").optional(),
  providers: providersField.optional(),
  approvalPolicies: fields({ plans: planRuleField.optional(), tools: toolRuleField.optional() }).optional(),
});

/** Declares a runtime: who it works for, its agents and what they share. Checks that everything named exists. */
export function defineRuntime<const Agents extends readonly AgentSpec[]>(
  definition: RuntimeDefinition<Agents>,
): RuntimeSpec {
  const parsed = parseSpec("defineRuntime", Definition, definition);
  const wired = {
    tenant: parsed.tenant,
    agents: parsed.agents,
    plans: parsed.plans ?? [],
    references: parsed.references ?? [],
    toolkits: (parsed.toolkits ?? []).map(withoutUndefined),
    approvalPolicies: parsed.approvalPolicies === undefined ? null : withoutUndefined(parsed.approvalPolicies),
  };
  refuseIssues("defineRuntime()", wiringIssues(wired));
  return deepFreeze({
    kind: "runtime-spec",
    ...wired,
    agents: byName(wired.agents),
    plans: [...wired.plans],
    references: [...wired.references],
    providers: completeProviders(parsed.providers ?? {}),
    manifest: compileManifest(wired),
  });
}

function byName<Named extends { readonly name: string }>(items: readonly Named[]): readonly Named[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}
