/** Apps for `bridle crashtest`, as users would write them. The target is a file: a line for each effect that took place. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import {
  createRuntime,
  defineApp,
  defineCoordinator,
  defineDispatcher,
  defineExecutor,
  definePlan,
  definePlanner,
  defineReference,
  defineRuntime,
  defineTenant,
  type Dispatcher,
  type DispatcherOptions,
} from "bridle";
import * as z from "zod";

const base = { model: "test-model", prompt: "p" };
const FILE = process.env["CLI_TEST_EFFECTS"] ?? "effects.log";

const productSet = defineReference({ name: "ProductSet", schema: z.array(z.string()) });

const holdPlan = definePlan({
  name: "HoldPlan",
  schema: z.strictObject({
    actions: z.array(
      z.strictObject({
        kind: z.literal("hold"),
        place: z.string(),
        products: z.strictObject({ kind: z.literal("ProductSet"), id: z.string() }).optional(),
      }),
    ),
  }),
});

interface Target {
  readonly options: Omit<DispatcherOptions<readonly []>, "references">;
  /** Whether the target looks at the key before it appends. */
  readonly knowsKeys: boolean;
  readonly hasProbe?: boolean;
  /** Whether the target forgets to append. */
  readonly isForgetful?: boolean;
}

function appOf(target: Target): ReturnType<typeof defineApp> {
  const spec = defineRuntime({
    tenant: defineTenant(process.env["CLI_TEST_TENANT"] ?? "cli-test", "1"),
    agents: [
      defineCoordinator({ ...base, name: "boss", routes: ["planner", "executor"] }),
      definePlanner({ ...base, name: "planner", plan: holdPlan }),
      defineExecutor({ ...base, name: "executor", plan: holdPlan }),
    ],
    plans: [holdPlan],
    references: [productSet],
    approvalPolicies: { plans: { kind: "always", min: 2 } },
  });
  return defineApp({
    name: "cli-crash",
    runtimeFactory: ({ workspace, interpreter = "scripted" }) =>
      createRuntime(spec, { workspace, interpreter, actionDispatcher: dispatcherOf(target) }),
  });
}

function dispatcherOf({ options, knowsKeys, hasProbe = false, isForgetful = false }: Target): Dispatcher {
  const isApplied = (key: string): boolean => linesOf().some((line) => line.endsWith(` ${key}`));
  return defineDispatcher(
    holdPlan,
    {
      hold: {
        run: (_payload, { planId, index, idempotencyKey, resolvedRefs }) => {
          const entitiesAffected = Object.values(resolvedRefs.ProductSet ?? {}).flat().length;
          if (!isForgetful && !(knowsKeys && isApplied(idempotencyKey)))
            appendFileSync(FILE, `${planId} ${index} ${idempotencyKey}\n`);
          return { entitiesAffected };
        },
        ...(hasProbe
          ? { probe: (_payload, { idempotencyKey }) => (isApplied(idempotencyKey) ? "applied" : "notApplied") }
          : {}),
      },
    },
    { ...options, references: [productSet] },
  );
}

function linesOf(): readonly string[] {
  return existsSync(FILE) ? readFileSync(FILE, "utf8").trim().split("\n") : [];
}

/** Keeps what it promises: a key is applied once. */
export const honest = appOf({ options: { guarantee: "keyed" }, knowsKeys: true });
/** Promises to know keys, and appends whatever comes. */
export const naive = appOf({ options: { guarantee: "keyed" }, knowsKeys: false });
/** Promises nothing. */
export const careless = appOf({ options: { guarantee: "none" }, knowsKeys: false });
/** Promises nothing and can be asked; its calls are short, so that a doubt about one ends soon. */
export const askable = appOf({ options: { guarantee: "none", timeoutMs: 500 }, knowsKeys: false, hasProbe: true });
/** Says that it did what it did not do. */
export const forgetful = appOf({ options: { guarantee: "keyed" }, knowsKeys: true, hasProbe: true, isForgetful: true });
/** All actions in one call, which it repeats blindly. */
export const naiveBatch = appOf({ options: { guarantee: "keyed", mode: "batch" }, knowsKeys: false });
