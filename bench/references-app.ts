import {
  defineCoordinator,
  defineDispatcher,
  defineExecutor,
  definePlan,
  definePlanner,
  defineReference,
  defineRuntime,
  defineTenant,
  defineTool,
  type Dispatcher,
  type RuntimeSpec,
} from "bridle";
import * as z from "zod";

/** Product ids kept out of prompts. The glimpse is as long for a million as for ten. */
export const productSet = defineReference({
  name: "ProductSet",
  schema: z.array(z.string()),
  glimpse: (ids) => ids.slice(0, 5),
});

const holdPlan = definePlan({
  name: "HoldPlan",
  schema: z.strictObject({
    actions: z.array(
      z.strictObject({
        kind: z.literal("hold"),
        products: z.strictObject({ kind: z.literal("ProductSet"), id: z.string() }),
      }),
    ),
  }),
});

/** Ids as a warehouse has them: of one length, in no order. */
export function productIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `p-${String((index * 7_919) % 1_000_003).padStart(7, "0")}`);
}

const select = defineTool({
  name: "select",
  description: "Selects products.",
  input: z.strictObject({ count: z.string() }),
  handler: ({ count }, { references }) => references.create(productSet, [...productIds(Number(count))]),
});

/** Planner and executor of a plan whose one action names a set of products. */
export const referencesApp: RuntimeSpec = defineRuntime({
  tenant: defineTenant("bench", "1"),
  agents: [
    defineCoordinator({ name: "boss", model: "m", prompt: "p", routes: ["planner", "executor"] }),
    definePlanner({ name: "planner", model: "m", prompt: "p", plan: holdPlan, tools: [select] }),
    defineExecutor({ name: "executor", model: "m", prompt: "p", plan: holdPlan, stateful: true }),
  ],
  plans: [holdPlan],
  references: [productSet],
  approvalPolicies: { plans: "never" },
});

/** Counts the ids that reach it. */
export function countingDispatcher(seen: number[]): Dispatcher {
  return defineDispatcher(
    holdPlan,
    {
      hold: (_payload, { references, resolvedRefs }) => {
        const [handle] = references;
        seen.push(handle === undefined ? 0 : (resolvedRefs.ProductSet[handle.id]?.length ?? 0));
        return { entitiesAffected: 1 };
      },
    },
    { references: [productSet] },
  );
}

/** What a planner is told to do: the count has as many digits for ten as for a million. */
export function planPrompt(planId: string, count: number): string {
  const products = { kind: { $result: "select", path: "kind" }, id: { $result: "select", path: "id" } };
  const body = { actions: [{ kind: "hold", products }] };
  return JSON.stringify([
    { tool: "select", args: { count: String(count).padStart(7, "0") } },
    { tool: "storePlan", args: { specName: "HoldPlan", planId, body } },
    { text: "Stored." },
  ]);
}

/** What an executor is told to do. */
export function executePrompt(planId: string): string {
  return JSON.stringify([{ tool: "executePlan", args: { planId } }, { text: "Executed." }]);
}
