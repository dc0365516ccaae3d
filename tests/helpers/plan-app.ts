import type { WorkflowHandleWithFirstExecutionRunId, WorkflowHandle } from "@temporalio/client";
import * as z from "zod";
import {
  defineCoordinator,
  defineExecutor,
  definePlanner,
  defineRuntime,
  defineTenant,
  defineTool,
} from "../../src/index.ts";
import { type ActionRecord, type DecisionRecord, PlanId } from "../../src/protocol/plan.ts";
import { planWorkflowId } from "../../src/protocol/workflow-id.ts";
import type { ApprovalPolicies } from "../../src/specs/approval.ts";
import { ActionRefusedError } from "../../src/specs/dispatchers/action-refused-error.ts";
import type { HydratedAction } from "../../src/specs/dispatchers/dispatch-context.ts";
import { type Dispatcher, defineDispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import type { DispatcherOptions } from "../../src/specs/dispatchers/dispatcher-options.ts";
import { definePlan } from "../../src/specs/plans/plan.ts";
import { defineReference } from "../../src/specs/references/reference.ts";
import type { RuntimeSpec } from "../../src/specs/runtime-spec.ts";
import type { PlanRecord } from "../../src/state/plan-port.ts";
import type { OpenRuntime } from "./open-runtime.ts";
import { storeOf } from "./store-of.ts";

/** Product ids kept out of prompts. */
export const productSet = defineReference({ name: "ProductSet", schema: z.array(z.string()) });

/** A plan whose actions change prices or hold products. */
export const pricePlan = definePlan({
  name: "PricePlan",
  schema: z.strictObject({
    rationale: z.string(),
    actions: z.array(
      z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("price"), product: z.string(), price: z.number().positive() }),
        z.strictObject({
          kind: z.literal("hold"),
          products: z.strictObject({ kind: z.literal("ProductSet"), id: z.string() }),
        }),
      ]),
    ),
  }),
  displayAliases: { executed: "done" },
});

const select = defineTool({
  name: "select",
  description: "Selects products.",
  input: z.strictObject({ ids: z.array(z.string()) }),
  handler: ({ ids }, { references }) => references.create(productSet, ids),
});

/** Coordinator, planner and executor over the price plan. */
export function planSpec(approvalPolicies?: ApprovalPolicies, tenant = "acme"): RuntimeSpec {
  const base = { model: "m", prompt: "p" };
  return defineRuntime({
    tenant: defineTenant(tenant, "1"),
    agents: [
      defineCoordinator({ ...base, name: "boss", routes: ["planner", "executor"] }),
      definePlanner({ ...base, name: "planner", plan: pricePlan, tools: [select] }),
      defineExecutor({ ...base, name: "executor", plan: pricePlan }),
    ],
    plans: [pricePlan],
    references: [productSet],
    ...(approvalPolicies === undefined ? {} : { approvalPolicies }),
  });
}

/** One call that reached the target. */
export interface Effect {
  readonly action: HydratedAction;
  readonly key: string;
  readonly products: readonly string[] | null;
  readonly approvedBy: readonly string[];
}

/** A dispatcher that records what reaches it. The product "broken" is refused. */
export function recordingDispatcher(
  options: DispatcherOptions<readonly (typeof productSet)[]> = {},
  answer: () => Promise<{ readonly entitiesAffected: number } | undefined> = async () => undefined,
): { readonly effects: Effect[]; readonly dispatcher: Dispatcher } {
  const effects: Effect[] = [];
  const dispatcher = defineDispatcher(
    pricePlan,
    async (actions, context) => {
      const [action] = actions;
      if (action === undefined) throw new ActionRefusedError("no action");
      const [handle] = action.references;
      const products = handle === undefined ? null : (context.resolvedRefs.ProductSet[handle.id] ?? null);
      effects.push({ action, key: context.idempotencyKey, products, approvedBy: context.approvedBy });
      if ("product" in action.payload && action.payload.product === "broken")
        throw new ActionRefusedError("no such product");
      const answered = await answer();
      if (answered !== undefined) return answered;
      return { entitiesAffected: products?.length ?? 1, summary: `${action.kind} ${action.index}` };
    },
    { references: [productSet], ...options },
  );
  return { effects, dispatcher };
}

/** The body of a price plan with one action for each product. */
export function priceBody(...products: readonly string[]): {
  readonly rationale: string;
  readonly actions: readonly { readonly kind: "price"; readonly product: string; readonly price: number }[];
} {
  return { rationale: "test", actions: products.map((product) => ({ kind: "price", product, price: 6.49 })) };
}

/** A step of a script that prices products. */
export function store(planId: string, ...products: readonly string[]): unknown {
  return { tool: "storePlan", args: { specName: "PricePlan", planId, body: priceBody(...products) } };
}

/** A step of a script that has a plan applied. */
export function execute(planId: string): unknown {
  return { tool: "executePlan", args: { planId } };
}

/** A plan of a test as the store and Temporal have it. */
export interface WatchedPlan {
  readonly handle: WorkflowHandle | WorkflowHandleWithFirstExecutionRunId;
  record(): Promise<PlanRecord | null>;
  actions(): Promise<readonly ActionRecord[]>;
  decisions(): Promise<readonly DecisionRecord[]>;
}

/** Looks at a plan of an open runtime. */
export function watchPlan(open: OpenRuntime, id: string): WatchedPlan {
  const { plans } = storeOf(open);
  const planId = PlanId.parse(id);
  return {
    handle: open.session.client.workflow.getHandle(planWorkflowId(open.runtime.app, id)),
    record: () => plans.get(planId),
    actions: () => plans.actions(planId),
    decisions: () => plans.decisions(planId),
  };
}
