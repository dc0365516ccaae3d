import { type ActionContext, ActionRefusedError, defineDispatcher, type Dispatcher } from "bridle";
import { inventoryScenarioPlan } from "./plan.ts";
import type { Platform, Receipt } from "./platform/platform.ts";
import { productSet } from "./product-set.ts";

/** Applies an approved plan on the platform, which recognises a repeated action by its key and refuses a replaced writer. */
export function inventoryDispatcher(platform: Platform): Dispatcher {
  const probe = async (_payload: unknown, { idempotencyKey }: Context): Promise<"applied" | "notApplied"> =>
    (await platform.find(idempotencyKey)) === null ? "notApplied" : "applied";
  return defineDispatcher(
    inventoryScenarioPlan,
    {
      reorder_products: {
        run: async ({ products, quantity }, context) =>
          told("ordered", await platform.replenish({ ...target(products.id, context), quantity }, delivery(context))),
        preview: ({ products, quantity }, context) => {
          const { length } = idsOf(products.id, context);
          return `Orders ${units(quantity)} of each of ${number(length)} products, ${number(quantity * length)} in all.`;
        },
        probe,
      },
      hold_inventory: {
        run: async ({ products, holdbackUnits }, context) =>
          told("held back", await platform.hold({ ...target(products.id, context), holdbackUnits }, delivery(context))),
        preview: ({ products, holdbackUnits }, context) =>
          `Keeps ${units(holdbackUnits)} of each of ${number(idsOf(products.id, context).length)} products out of sale.`,
        probe,
      },
    },
    { guarantee: "keyed", timeoutMs: 60_000, references: [productSet] },
  );
}

function units(count: number): string {
  return count === 1 ? "1 unit" : `${number(count)} units`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

type Context = ActionContext<typeof productSet>;

function target(
  referenceId: string,
  context: Context,
): { readonly planId: string; readonly actionIndex: number; readonly productIds: readonly string[] } {
  return { planId: context.planId, actionIndex: context.index, productIds: idsOf(referenceId, context) };
}

/** A set that is missing or empty must not pass for "nothing to do". */
function idsOf(referenceId: string, { resolvedRefs }: Context): readonly string[] {
  const set = resolvedRefs.InventoryProductSet[referenceId];
  if (set === undefined || set.product_ids.length === 0)
    throw new ActionRefusedError(`Product set ${referenceId} has no products.`);
  return set.product_ids;
}

function delivery({ idempotencyKey, fence, signal }: Context): {
  readonly key: string;
  readonly fence: number;
  readonly signal: AbortSignal;
} {
  return { key: idempotencyKey, fence, signal };
}

function told(
  what: string,
  { products, replayed }: Receipt,
): { readonly entitiesAffected: number; readonly summary: string } {
  return {
    entitiesAffected: products,
    summary: `${what} for ${number(products)} products${replayed ? " (already done)" : ""}`,
  };
}
