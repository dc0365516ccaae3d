/** An app with plans, as a user would write it: its target is a file that gets a line for each action that was applied. */
import { appendFileSync } from "node:fs";
import {
  createRuntime,
  defineApp,
  defineCoordinator,
  defineDispatcher,
  defineExecutor,
  definePlan,
  definePlanner,
  defineRuntime,
  defineTenant,
} from "bridle";
import * as z from "zod";

const base = { model: "test-model", prompt: "p" };

const pricePlan = definePlan({
  name: "PricePlan",
  schema: z.strictObject({
    rationale: z.string(),
    actions: z.array(z.strictObject({ kind: z.literal("price"), product: z.string(), price: z.number() })),
  }),
});

const actionDispatcher = defineDispatcher(pricePlan, (actions, { idempotencyKey, approvedBy }) => {
  const applied = { key: idempotencyKey, approvedBy, products: actions.map(({ payload }) => payload.product) };
  appendFileSync(process.env["CLI_TEST_EFFECTS"] ?? "effects.log", `${JSON.stringify(applied)}\n`);
  return Promise.resolve({ entitiesAffected: actions.length });
});

const spec = defineRuntime({
  tenant: defineTenant(process.env["CLI_TEST_TENANT"] ?? "cli-test", "1"),
  agents: [
    defineCoordinator({ ...base, name: "boss", routes: ["planner", "executor"] }),
    definePlanner({ ...base, name: "planner", plan: pricePlan }),
    defineExecutor({ ...base, name: "executor", plan: pricePlan }),
  ],
  plans: [pricePlan],
});

export const app = defineApp({
  name: "cli-plans",
  runtimeFactory: ({ workspace, interpreter = "scripted" }) =>
    createRuntime(spec, { workspace, interpreter, actionDispatcher }),
});
