import type { ScopeKey } from "../../state/database.ts";
import type { Kysely, Transaction } from "kysely";
import { beginEpoch, epochOf } from "./catalog-epochs.ts";
import type { CatalogTables } from "./catalog-tables.ts";
import { inChunks } from "./in-chunks.ts";

/** The scope's revision as text; a scope that was never written has its own. */
export async function currentRevision(db: Kysely<CatalogTables>, scope: ScopeKey): Promise<string> {
  const row = await revisionRow(db, scope);
  return row === undefined || row.revision === 0 ? UNWRITTEN : `${row.epoch}.${row.revision}`;
}

const UNWRITTEN = "unwritten";

/** What changed since a revision, or null when it is none of this catalog's, as it now stands, or the list is too long. */
export async function changedSince(
  db: Kysely<CatalogTables>,
  scope: ScopeKey,
  { revision, limit }: { readonly revision: string; readonly limit: number },
): Promise<readonly string[] | null> {
  const from = revision === UNWRITTEN ? 0 : await revisionNumber(db, scope, revision);
  if (from === null) return null;
  const changes = await db
    .selectFrom("catalog_changes")
    .select("id")
    .where("tenant", "=", scope.tenant)
    .where("workspace", "=", scope.workspace)
    .where("revision", ">", from)
    .orderBy("revision")
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  return changes.length > limit ? null : changes.map(({ id }) => id);
}

/** The revision that a change gets if it changes anything, and whether another epoch wrote the one before. */
export interface NextRevision {
  readonly epoch: string;
  readonly number: number;
  readonly isFirstOfEpoch: boolean;
}

/** Takes the next revision for an epoch. The row's lock keeps other writers of the scope out until the transaction ends. */
export async function lockRevision(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  epoch: string,
): Promise<NextRevision> {
  const last = await tx
    .insertInto("catalog_revisions")
    .values({ ...scope, epoch, revision: 0 })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant", "workspace"])
        .doUpdateSet((set) => ({ revision: set.ref("catalog_revisions.revision") })),
    )
    .returning(["epoch", "revision"])
    .executeTakeFirstOrThrow();
  return { epoch, number: last.revision + 1, isFirstOfEpoch: last.epoch !== epoch || last.revision === 0 };
}

/** Counts the revision up and remembers that something about these entries changed at it; nothing happens when there are none. */
export async function recordChanges(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  { ids, next }: { readonly ids: ReadonlySet<string>; readonly next: NextRevision },
): Promise<void> {
  if (ids.size === 0) return;
  const revision = next.number;
  await tx
    .updateTable("catalog_revisions")
    .set({ revision, epoch: next.epoch })
    .where("tenant", "=", scope.tenant)
    .where("workspace", "=", scope.workspace)
    .execute();
  if (next.isFirstOfEpoch) await beginEpoch(tx, scope, next);
  await inChunks([...ids], async (chunk) => {
    await tx
      .insertInto("catalog_changes")
      .values(chunk.map((id) => ({ ...scope, id, revision })))
      .onConflict((conflict) => conflict.columns(["tenant", "workspace", "id"]).doUpdateSet({ revision }))
      .execute();
    return [];
  });
}

/** The number of a revision, if its epoch is the one that wrote that number. */
async function revisionNumber(db: Kysely<CatalogTables>, scope: ScopeKey, revision: string): Promise<number | null> {
  const [epoch, text] = revision.split(".");
  const number = Number(text);
  const last = await revisionRow(db, scope);
  if (last === undefined || !(number <= last.revision)) return null;
  return (await epochOf(db, scope, number)) === epoch ? number : null;
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
