import { randomBytes } from "node:crypto";
import type { ScopeKey } from "../../state/database.ts";
import type { Kysely, Transaction } from "kysely";
import type { CatalogTables } from "./catalog-tables.ts";
import { inChunks } from "./in-chunks.ts";

/** The scope's revision as text; a scope that was never written has its own. */
export async function currentRevision(db: Kysely<CatalogTables>, scope: ScopeKey): Promise<string> {
  const row = await revisionRow(db, scope);
  return row === undefined || row.revision === 0 ? UNWRITTEN : `${row.epoch}.${row.revision}`;
}

const UNWRITTEN = "unwritten";

/** What changed since a revision, or null when it is another catalog's or too much. */
export async function changedSince(
  db: Kysely<CatalogTables>,
  { tenant, workspace }: ScopeKey,
  { revision, limit }: { readonly revision: string; readonly limit: number },
): Promise<readonly string[] | null> {
  const row = await revisionRow(db, { tenant, workspace });
  if (row === undefined) return revision === UNWRITTEN ? [] : null;
  const [epoch, from] = revision === UNWRITTEN ? [row.epoch, "0"] : revision.split(".");
  if (epoch !== row.epoch) return null;
  const changes = await db
    .selectFrom("catalog_changes")
    .select("id")
    .where("tenant", "=", tenant)
    .where("workspace", "=", workspace)
    .where("revision", ">", Number(from))
    .orderBy("revision")
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  return changes.length > limit ? null : changes.map(({ id }) => id);
}

/** The revision that a change gets if it changes anything. The row's lock keeps other writers of the scope out until the transaction ends. */
export async function lockRevision(tx: Transaction<CatalogTables>, scope: ScopeKey): Promise<number> {
  const { revision } = await tx
    .insertInto("catalog_revisions")
    .values({ ...scope, epoch: randomBytes(8).toString("hex"), revision: 0 })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant", "workspace"])
        .doUpdateSet((set) => ({ revision: set.ref("catalog_revisions.revision") })),
    )
    .returning("revision")
    .executeTakeFirstOrThrow();
  return revision + 1;
}

/** Counts the revision up and remembers that something about these entries changed at it; nothing happens when there are none. */
export async function recordChanges(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  { ids, revision }: { readonly ids: ReadonlySet<string>; readonly revision: number },
): Promise<void> {
  if (ids.size === 0) return;
  await tx
    .updateTable("catalog_revisions")
    .set({ revision })
    .where("tenant", "=", scope.tenant)
    .where("workspace", "=", scope.workspace)
    .execute();
  await inChunks([...ids], async (chunk) => {
    await tx
      .insertInto("catalog_changes")
      .values(chunk.map((id) => ({ ...scope, id, revision })))
      .onConflict((conflict) => conflict.columns(["tenant", "workspace", "id"]).doUpdateSet({ revision }))
      .execute();
    return [];
  });
}

async function revisionRow(
  db: Kysely<CatalogTables>,
  { tenant, workspace }: ScopeKey,
): Promise<{ readonly epoch: string; readonly revision: number } | undefined> {
  return await db
    .selectFrom("catalog_revisions")
    .select(["epoch", "revision"])
    .where("tenant", "=", tenant)
    .where("workspace", "=", workspace)
    .executeTakeFirst();
}
