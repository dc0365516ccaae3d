import type { ExpressionBuilder, SelectQueryBuilder, Transaction } from "kysely";
import type { StateDatabase } from "../database.ts";
import type { StateTables } from "../schema.ts";

/** Removes blobs that expired before `now` and that nobody pins, in transactions of bounded size. Returns how many went. */
export async function collectBlobs(database: StateDatabase, now: Date): Promise<number> {
  let count = 0;
  for (let removed = BATCH; removed > 0; count += removed) {
    removed = await database.write((tx) => collectBatch(tx, { now: now.toISOString(), locksRows: database.locksRows }));
  }
  return count;
}

const BATCH = 200;

/** The candidates are locked before their pins are looked at, so that none can be pinned in between. */
async function collectBatch(
  tx: Transaction<StateTables>,
  options: { readonly now: string; readonly locksRows: boolean },
): Promise<number> {
  const query = tx
    .selectFrom("blobs")
    .select(["tenant", "workspace", "hash"])
    .where("expires_at", "<=", options.now)
    .where((is) => is.not(is.exists(pinsOf(is))))
    .limit(BATCH);
  const candidates = await (options.locksRows ? query.forUpdate().skipLocked() : query).execute();
  if (candidates.length === 0) return 0;
  const deleted = await tx
    .deleteFrom("blobs")
    .where((is) =>
      is.or(candidates.map((key) => is.and({ tenant: key.tenant, workspace: key.workspace, hash: key.hash }))),
    )
    .where("expires_at", "<=", options.now)
    .where((is) => is.not(is.exists(pinsOf(is))))
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}

function pinsOf(
  is: ExpressionBuilder<StateTables, "blobs">,
): SelectQueryBuilder<StateTables, "blobs" | "blob_pins", { readonly holder: string }> {
  return is
    .selectFrom("blob_pins")
    .select("blob_pins.holder")
    .whereRef("blob_pins.tenant", "=", "blobs.tenant")
    .whereRef("blob_pins.workspace", "=", "blobs.workspace")
    .whereRef("blob_pins.hash", "=", "blobs.hash");
}
