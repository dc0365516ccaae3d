import { DEFAULT_TOOL_TIMEOUT_MS } from "../../../protocol/limits/tool.ts";
import { GET_PLAN, GLIMPSE_REF, RESOLVE_REF, STORE_PLAN } from "../../../specs/plans/plan-tools.ts";
import type { ToolSpec } from "../../../specs/tools/tool.ts";
import { getPlan } from "./get-plan.ts";
import { glimpseRef } from "./glimpse-ref.ts";
import { planToolInput } from "./plan-tool-input.ts";
import type { PlanToolHandler, PlanToolStep } from "./plan-tool-step.ts";
import { resolveRef } from "./resolve-ref.ts";
import { storePlan } from "./store-plan.ts";

/** The tool behind a call of a plan tool of the agent's role; undefined for a tool of the author. */
export function planTool(step: PlanToolStep): ToolSpec | undefined {
  const { name } = step.call;
  const handler = HANDLERS[name];
  const input = planToolInput(step.place.binding.spec, step.agent, name);
  if (handler === undefined || input === undefined) return undefined;
  return {
    kind: "tool",
    name,
    description: "",
    input,
    approval: null,
    effects: "none",
    timeoutMs: DEFAULT_TOOL_TIMEOUT_MS,
    handler: (args, context) => handler(step, args, context),
  };
}

const HANDLERS: { readonly [name: string]: PlanToolHandler } = {
  [STORE_PLAN]: storePlan,
  [GET_PLAN]: getPlan,
  [RESOLVE_REF]: resolveRef,
  [GLIMPSE_REF]: glimpseRef,
};
