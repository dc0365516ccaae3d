import {
  defineDispatcher,
  definePlan,
  defineReference,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  type Dispatcher,
  type RuntimeOptions,
  type RuntimeSpec,
} from "bridle";
import * as z from "zod";

/** Product ids that every action of a plan names. */
export const productSet = defineReference({ name: "ProductSet", schema: z.array(z.string()) });

export const crashPlan = definePlan({
  name: "CrashPlan",
  schema: z.strictObject({
    actions: z.array(
      z.strictObject({
        kind: z.literal("hold"),
        place: z.number(),
        products: z.strictObject({ kind: z.literal("ProductSet"), id: z.string() }),
      }),
    ),
  }),
});

export const crashApp: RuntimeSpec = defineRuntime({
  tenant: defineTenant("bench", "1"),
  agents: [defineSpecialist({ name: "nobody", model: "m", prompt: "p" })],
  plans: [crashPlan],
  references: [productSet],
  approvalPolicies: { plans: "never" },
});

/** How the processes of the bench find each other. */
export interface CrashPlace {
  readonly home: string;
  readonly address: string;
  readonly targetUrl: string;
  readonly guarantee: "keyed" | "none";
}

/** The runtime of a worker process, or of the process that only asks. */
export function crashOptions({ home, address, targetUrl, guarantee }: CrashPlace): RuntimeOptions {
  return {
    home,
    workspace: guarantee,
    interpreter: "scripted",
    actionDispatcher: httpDispatcher(targetUrl, guarantee),
    approvals: { mode: "open" },
    temporal: { address, taskQueue: guarantee },
  };
}

/** Sends every action to the target, which is another process and outlives every worker. */
function httpDispatcher(targetUrl: string, guarantee: CrashPlace["guarantee"]): Dispatcher {
  return defineDispatcher(
    crashPlan,
    {
      hold: async (_payload, { planId, index, idempotencyKey, references, resolvedRefs, signal }) => {
        const [handle] = references;
        const count = handle === undefined ? 0 : (resolvedRefs.ProductSet[handle.id]?.length ?? 0);
        const body = JSON.stringify({ planId, index, key: guarantee === "keyed" ? idempotencyKey : null, count });
        const { ok } = await fetch(targetUrl, { method: "POST", body, signal });
        if (!ok) throw new Error("the target did not take it");
        return { entitiesAffected: count };
      },
    },
    { guarantee, references: [productSet] },
  );
}
