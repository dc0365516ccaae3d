import { defineDispatcher, type Dispatcher } from "bridle";
import { catalogActionPlan } from "./plan.ts";

/** The system that prices live in. A mock: it keeps the new prices in memory. */
export class PriceDesk {
  readonly #prices = new Map<string, number>();

  set(productId: string, price: number): void {
    this.#prices.set(productId, price);
  }

  get(productId: string): number | null {
    return this.#prices.get(productId) ?? null;
  }
}

/** Applies approved price changes. Setting a price twice is setting it once, so a repetition after a crash does no harm. */
export function priceDispatcher(desk: PriceDesk): Dispatcher {
  return defineDispatcher(
    catalogActionPlan,
    {
      price_change: {
        run: ({ productId, newPrice }) => {
          desk.set(productId, newPrice);
          return { entitiesAffected: 1, summary: `${productId} costs ${newPrice.toFixed(2)} now` };
        },
        preview: ({ productId, newPrice }) =>
          `${productId}: ${desk.get(productId)?.toFixed(2) ?? "list price"} → ${newPrice.toFixed(2)}`,
      },
    },
    { guarantee: "natural" },
  );
}
