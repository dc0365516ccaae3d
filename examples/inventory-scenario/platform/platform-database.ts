import { createHash } from "node:crypto";
import Database from "better-sqlite3";
import {
  type Delivery,
  type Effect,
  type Holdback,
  type Order,
  PlatformRefusal,
  type Receipt,
  type Totals,
} from "./platform.ts";

const SCHEMA = `
create table if not exists stock (
  product_id text primary key,
  product_name text not null,
  on_order integer not null default 0,
  held integer not null default 0
) strict, without rowid;
create table if not exists applied_effects (
  id integer primary key autoincrement,
  idempotency_key text not null unique,
  plan_id text not null,
  action_index integer not null,
  kind text not null,
  product_count integer not null,
  payload_hash text not null,
  applied_at text not null
) strict;
create index if not exists applied_effects_plan on applied_effects (plan_id, id);
create trigger if not exists applied_effects_keeps before update on applied_effects
  begin select raise(abort, 'applied_effects is append-only'); end;
create trigger if not exists applied_effects_stays before delete on applied_effects
  begin select raise(abort, 'applied_effects is append-only'); end;
create table if not exists idempotency_keys (
  key text primary key,
  fingerprint text not null,
  products integer not null
) strict, without rowid;
create table if not exists plan_fences (
  plan_id text primary key,
  min_fence integer not null
) strict, without rowid;
`;

type Kind = Effect["kind"];

/** A write after its shape was checked. */
interface Write {
  readonly kind: Kind;
  readonly planId: string;
  readonly actionIndex: number;
  readonly productIds: readonly string[];
  readonly units: number;
}

/**
 * The platform's rules over one SQLite file. A write and the key that identifies it are one transaction, so that a repetition finds
 * either both or neither. The transaction takes the write lock first: one that reads before it writes could fail for good.
 */
export class PlatformDatabase {
  readonly #database: Database.Database;

  constructor(path: string) {
    this.#database = new Database(path, { timeout: 10_000 });
    try {
      this.#database.pragma("journal_mode = WAL");
      this.#database.exec(SCHEMA);
    } catch (error) {
      this.#database.close();
      if (!(error instanceof Database.SqliteError) || error.code !== "SQLITE_NOTADB") throw error;
      throw new Error(`${path} is no database, so it stays as it is. Move it away, or use another folder.`);
    }
  }

  /** Adds the products it does not know yet; what is known stays as it is. */
  stockUp(products: Iterable<{ readonly id: string; readonly name: string }>): void {
    const insert = this.#database.prepare("insert or ignore into stock (product_id, product_name) values (?, ?)");
    this.#database.transaction(() => {
      for (const { id, name } of products) insert.run(id, name);
    })();
  }

  productCount(): number {
    return Number(this.#database.prepare("select count(*) from stock").pluck().get());
  }

  replenish(order: Order, delivery: Delivery): Receipt {
    return this.#write({ ...order, kind: "reorder_products", units: order.quantity }, delivery);
  }

  hold(holdback: Holdback, delivery: Delivery): Receipt {
    return this.#write({ ...holdback, kind: "hold_inventory", units: holdback.holdbackUnits }, delivery);
  }

  find(key: string): Effect | null {
    const row = this.#database.prepare(`${EFFECTS} where idempotency_key = ?`).get(key);
    return row === undefined ? null : (row as Effect); // the select names the fields
  }

  /** The effects of one plan, or of all, oldest first. */
  effects(
    filter: { readonly planId?: string; readonly after?: number; readonly limit?: number } = {},
  ): readonly Effect[] {
    const { planId = null, after = 0, limit = 100 } = filter;
    const query = `${EFFECTS} where (@planId is null or plan_id = @planId) and id > @after order by id limit @limit`;
    return this.#database.prepare(query).all({ planId, after, limit }) as Effect[]; // the select names the fields
  }

  /** Units on order and held, summed, and the products that have any. */
  totals(): Totals {
    return this.#database.prepare(TOTALS).get() as Totals; // the select names the fields
  }

  /** One product's stock. */
  stock(productId: string): Stock | null {
    const row = this.#database.prepare(`${STOCK} where product_id = ?`).get(productId);
    return row === undefined ? null : (row as Stock); // the select names the fields
  }

  /** The products that plans changed, most on order first. */
  changed(limit: number): readonly Stock[] {
    const query = `${STOCK} where on_order <> 0 or held <> 0 order by on_order desc, held desc, product_id limit ?`;
    return this.#database.prepare(query).all(limit) as Stock[]; // the select names the fields
  }

  /** From now on refuses writes of this plan with a smaller fence. */
  seal(planId: string, minFence: number): void {
    this.#database.prepare(SEAL).run({ planId, minFence });
  }

  close(): void {
    this.#database.close();
  }

  #write(write: Write, { key, fence }: Delivery): Receipt {
    const fingerprint = fingerprintOf(write);
    return this.#database
      .transaction((): Receipt => {
        const known = this.#database.prepare(KNOWN).get(key) as { fingerprint: string; products: number } | undefined; // ditto
        if (known !== undefined) {
          if (known.fingerprint === fingerprint) return { products: known.products, replayed: true };
          throw new PlatformRefusal(422, "This idempotency key was used for another write.");
        }
        this.#refuseFenced(write.planId, fence);
        this.#apply(write);
        this.#record(write, { key, fingerprint });
        return { products: write.productIds.length, replayed: false };
      })
      .immediate();
  }

  #refuseFenced(planId: string, fence: number | null): void {
    if (fence === null) return;
    const row = this.#database.prepare("select min_fence as min from plan_fences where plan_id = ?").get(planId);
    const { min } = (row ?? { min: 0 }) as { min: number }; // the select names the field
    if (min > fence)
      throw new PlatformRefusal(409, `fenced: this plan takes writes from fence ${min} on, not ${fence}.`);
    if (fence > min) this.seal(planId, fence);
  }

  #apply({ kind, productIds, units }: Write): void {
    const change = kind === "reorder_products" ? "on_order = on_order + ?" : "held = ?";
    const update = this.#database.prepare(`update stock set ${change} where product_id = ?`);
    const missing = productIds.find((id) => update.run(units, id).changes === 0);
    if (missing !== undefined) throw new PlatformRefusal(404, `There is no product "${missing}".`);
  }

  #record(write: Write, { key, fingerprint }: { readonly key: string; readonly fingerprint: string }): void {
    const { kind, planId, actionIndex, productIds } = write;
    const productCount = productIds.length;
    const effect = { key, planId, actionIndex, kind, productCount, fingerprint, at: new Date().toISOString() };
    this.#database.prepare(RECORD).run(effect);
    this.#database.prepare("insert into idempotency_keys values (?, ?, ?)").run(key, fingerprint, productCount);
  }
}

/** One product's line. */
export interface Stock {
  readonly productId: string;
  readonly productName: string;
  readonly onOrder: number;
  readonly held: number;
}

const EFFECTS = `select id, idempotency_key as idempotencyKey, plan_id as planId, action_index as actionIndex, kind,
  product_count as productCount, payload_hash as payloadHash, applied_at as appliedAt from applied_effects`;
const STOCK = "select product_id as productId, product_name as productName, on_order as onOrder, held from stock";
const TOTALS = `select count(*) as products, coalesce(sum(on_order), 0) as onOrder, coalesce(sum(held), 0) as held
  from stock where on_order <> 0 or held <> 0`;
const KNOWN = "select fingerprint, products from idempotency_keys where key = ?";
const SEAL = `insert into plan_fences values (@planId, @minFence)
  on conflict (plan_id) do update set min_fence = max(min_fence, excluded.min_fence)`;
const RECORD = `insert into applied_effects
  (idempotency_key, plan_id, action_index, kind, product_count, payload_hash, applied_at)
  values (@key, @planId, @actionIndex, @kind, @productCount, @fingerprint, @at)`;

function fingerprintOf({ kind, planId, actionIndex, productIds, units }: Write): string {
  const hash = createHash("sha256").update(JSON.stringify([kind, planId, actionIndex, units]));
  for (const id of productIds) hash.update(`\n${id}`);
  return hash.digest("hex");
}
