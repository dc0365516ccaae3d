import Database from "better-sqlite3";
import { defineDispatcher, type Dispatcher } from "bridle";
import { catalogActionPlan } from "./plan.ts";

const SCHEMA = "create table if not exists prices (product_id text primary key, price real not null) strict";

/** The system that prices live in, and the only thing here that plans change: a file of new prices. */
export class PriceDesk {
  readonly #database: Database.Database;

  constructor(path: string) {
    this.#database = new Database(path);
    this.#database.exec(SCHEMA);
  }

  set(productId: string, price: number): void {
    this.#database.prepare("insert or replace into prices values (?, ?)").run(productId, price);
  }

  get(productId: string): number | null {
    const price = this.#database.prepare("select price from prices where product_id = ?").pluck().get(productId);
    return typeof price === "number" ? price : null;
  }

  close(): void {
    this.#database.close();
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
