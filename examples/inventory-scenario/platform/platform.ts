import { ActionRefusedError } from "bridle";

/**
 * What the inventory platform offers, whether it is reached over HTTP or in this process. Every write carries a key by which the
 * platform recognises a repetition, and a fence by which it refuses a writer that was replaced.
 */
export interface Platform {
  /** Orders `quantity` more of every product. Relative on purpose: a repeated order would show in the stock. */
  replenish(order: Order, delivery: Delivery): Promise<Receipt>;
  /** Keeps `holdbackUnits` of every product out of sale. */
  hold(holdback: Holdback, delivery: Delivery): Promise<Receipt>;
  /** Whether a write with this key took effect. */
  find(key: string): Promise<Effect | null>;
  /** What a plan did, oldest first, and what the whole stock came to. */
  book(planId: string): Promise<PlatformBook>;
  /** How many products it knows; fails when it does not answer. */
  productCount(): Promise<number>;
}

/** A replenishment of some products. */
export interface Order {
  readonly planId: string;
  readonly actionIndex: number;
  readonly productIds: readonly string[];
  readonly quantity: number;
}

/** A holdback of some products. */
export interface Holdback {
  readonly planId: string;
  readonly actionIndex: number;
  readonly productIds: readonly string[];
  readonly holdbackUnits: number;
}

/** How a write is recognised and ordered, and how long it may take. */
export interface Delivery {
  readonly key: string;
  /** Null when the writer has none, as a person at the keyboard; it is then not compared. */
  readonly fence: number | null;
  readonly signal?: AbortSignal;
}

/** What a write did. */
export interface Receipt {
  readonly products: number;
  /** True when the platform had already applied this very write. */
  readonly replayed: boolean;
}

/** A line of the platform's append-only book of effects. */
export interface Effect {
  readonly id: number;
  readonly idempotencyKey: string;
  readonly planId: string;
  readonly actionIndex: number;
  readonly kind: "reorder_products" | "hold_inventory";
  readonly productCount: number;
  readonly payloadHash: string;
  readonly appliedAt: string;
}

/** All the platform's stock in one line; `products` are those that plans changed. */
export interface Totals {
  readonly products: number;
  readonly onOrder: number;
  readonly held: number;
}

/** What the platform says of one plan. */
export interface PlatformBook {
  readonly effects: readonly Effect[];
  readonly totals: Totals;
}

/** The platform refused a write for good: trying again would not help. */
export class PlatformRefusal extends ActionRefusedError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
