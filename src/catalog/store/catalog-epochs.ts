import type { Kysely, SelectQueryBuilder, Transaction } from "kysely";
import type { ScopeKey } from "../../state/database.ts";
import type { CatalogTables } from "./catalog-tables.ts";

/** Which epoch wrote a revision; undefined when it was before all that are kept. */
export async function epochOf(
  db: Kysely<CatalogTables>,
  scope: ScopeKey,
  revision: number,
): Promise<string | undefined> {
  const row = await newestFirst(db, scope)
    .select("epoch")
    .where("first_revision", "<=", revision)
    .limit(1)
    .executeTakeFirst();
  return row?.epoch;
}

/** Notes that an epoch writes from a revision on, and forgets the oldest. */
export async function beginEpoch(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  { epoch, number }: { readonly epoch: string; readonly number: number },
): Promise<void> {
  await tx
    .insertInto("catalog_epochs")
    .values({ ...scope, first_revision: number, epoch })
    .execute();
  await tx
    .deleteFrom("catalog_epochs")
    .where("tenant", "=", scope.tenant)
    .where("workspace", "=", scope.workspace)
    .where("first_revision", "<", newestFirst(tx, scope).select("first_revision").limit(1).offset(KEPT_EPOCHS))
    .execute();
}

/** Two stores that write in turns begin an epoch with each write; an index that is further behind is built anew. */
const KEPT_EPOCHS = 1_000;

function newestFirst(
  db: Kysely<CatalogTables>,
  { tenant, workspace }: ScopeKey,
): SelectQueryBuilder<CatalogTables, "catalog_epochs", object> {
  return db
    .selectFrom("catalog_epochs")
    .where("tenant", "=", tenant)
    .where("workspace", "=", workspace)
    .orderBy("first_revision", "desc");
}
