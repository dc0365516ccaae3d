import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { ActionRefusedError } from "../../src/specs/dispatchers/action-refused-error.ts";
import { type Dispatcher, defineDispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import { definePlan } from "../../src/specs/plans/plan.ts";

/** The name of the plan whose workflow is recorded. */
export const RECORDED_PLAN = "ShelfPlan";
/** A product whose action takes as long as it takes to look at it. */
export const HELD = "held";
/** A product whose action fails. */
export const BROKEN = "broken";

const HELD_MS = 3_000;

/** The plan whose workflow is recorded. */
export const SHELF_PLAN = definePlan({
  name: RECORDED_PLAN,
  schema: z.strictObject({
    actions: z.array(z.strictObject({ kind: z.literal("fill"), product: z.string() })),
  }),
});

/** The actions of a plan, one for each product. */
export function actions(products: readonly string[]): readonly { readonly kind: "fill"; readonly product: string }[] {
  return products.map((product) => ({ kind: "fill", product }));
}

/** Applies the recorded plans. */
export function recordedDispatcher(): Dispatcher {
  return defineDispatcher(SHELF_PLAN, async ([action]) => {
    if (action?.payload.product === BROKEN) throw new ActionRefusedError("no such product");
    if (action?.payload.product === HELD) await sleep(HELD_MS);
    return { entitiesAffected: 1 };
  });
}
