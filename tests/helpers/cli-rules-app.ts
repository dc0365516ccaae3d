/** An app whose workspaces differ in who must approve a plan, and whose coordinator pays when a person agrees. */
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
  defineTool,
} from "bridle";
import * as z from "zod";

const base = { model: "test-model", prompt: "p" };

const pricePlan = definePlan({
  name: "PricePlan",
  schema: z.strictObject({ actions: z.array(z.strictObject({ kind: z.literal("price"), product: z.string() })) }),
});

const actionDispatcher = defineDispatcher(pricePlan, (actions) =>
  Promise.resolve({ entitiesAffected: actions.length }),
);

const pay = defineTool({
  name: "pay",
  description: "Pays.",
  input: z.strictObject({ amount: z.number() }),
  approval: "always",
  handler: ({ amount }) => `paid ${amount}`,
});

const RULES = {
  default: { kind: "always", approvers: ["ann"] },
  brief: { kind: "always", expiresInMs: 500 },
  free: "never",
} as const;

export const app = defineApp({
  name: "cli-rules",
  workspaces: Object.keys(RULES),
  runtimeFactory: ({ workspace, interpreter = "scripted" }) => {
    const plans = Object.entries(RULES).find(([name]) => name === workspace)?.[1] ?? "always";
    const spec = defineRuntime({
      tenant: defineTenant(process.env["CLI_TEST_TENANT"] ?? "cli-test", "1"),
      agents: [
        defineCoordinator({ ...base, name: "boss", routes: ["planner", "executor"], tools: [pay] }),
        definePlanner({ ...base, name: "planner", plan: pricePlan }),
        defineExecutor({ ...base, name: "executor", plan: pricePlan }),
      ],
      plans: [pricePlan],
      approvalPolicies: { plans },
    });
    return createRuntime(spec, { workspace, interpreter, actionDispatcher });
  },
});
