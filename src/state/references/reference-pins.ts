import type { Kysely } from "kysely";
import { PlanId, type ReferenceHandle } from "../../protocol/plan.ts";
import { hasPins, isPast } from "../blobs/blobs.ts";
import type { ScopedTransaction, ScopeKey } from "../database.ts";
import { expiredReference, findReference, missingReference } from "./reference-row.ts";
import type { StateTables } from "../schema.ts";

/**
 * Keeps the values of a plan's references until the plan is final, and beyond that when it failed part-way. Values are locked in the order of their hashes, so that two
 * plans with the same references wait for each other instead of ending in a deadlock.
 */
export async function pinReferences(
  context: ScopedTransaction,
  planId: string,
  handles: readonly ReferenceHandle[],
): Promise<void> {
  const { tx, scope } = context;
  const holder = holderOf(planId);
  const distinct = new Map(handles.map((handle) => [`${handle.id} ${handle.kind}`, handle]));
  const held: Held[] = [];
  for (const handle of distinct.values()) {
    const row = await findReference(tx, scope, handle);
    if (row === undefined) throw missingReference(handle);
    held.push({ handle, hash: row.hash, isExpired: isPast(row.expires_at) });
  }
  for (const { handle, hash, isExpired } of held.sort(byHash)) {
    const isThere = await lockValue(context, hash);
    if (isExpired && !(isThere && (await hasPins(tx, scope, hash)))) throw expiredReference(handle);
    if (!isThere) throw missingReference(handle);
    await tx
      .insertInto("blob_pins")
      .values({ ...scope, hash, holder })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Lets go of all that a plan held. */
export async function unpinReferences({ tx, scope }: ScopedTransaction, planId: string): Promise<void> {
  await tx
    .deleteFrom("blob_pins")
    .where((is) => is.and({ ...scope, holder: holderOf(planId) }))
    .execute();
}

/** The plans that keep some content, through a reference of any kind. */
export async function plansHolding(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  { hash, limit }: { readonly hash: string; readonly limit: number },
): Promise<readonly PlanId[]> {
  const rows = await db
    .selectFrom("blob_pins")
    .select("holder")
    .where((is) => is.and({ ...scope, hash }))
    .where("holder", "like", `${holderOf("%")}`)
    .orderBy("holder")
    .limit(limit)
    .execute();
  return rows.map(({ holder }) => PlanId.parse(holder.slice(holderOf("").length)));
}

interface Held {
  readonly handle: ReferenceHandle;
  readonly hash: string;
  readonly isExpired: boolean;
}

function holderOf(planId: string): string {
  return `plan:${planId}`;
}

function byHash(a: Held, b: Held): number {
  return a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0;
}

/** Whether the value is there. Collection locks what it removes, so a value that is locked here stays. */
async function lockValue({ tx, scope, locksRows }: ScopedTransaction, hash: string): Promise<boolean> {
  const query = tx
    .selectFrom("blobs")
    .select("hash")
    .where((is) => is.and({ ...scope, hash }));
  const blob = await (locksRows ? query.forUpdate() : query).executeTakeFirst();
  return blob !== undefined;
}
