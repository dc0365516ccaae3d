import type { Transaction } from "kysely";
import { CatalogEdge } from "../../protocol/catalog.ts";
import { parseStoredJson } from "../../state/stored-json.ts";
import type { ScopeKey } from "../../state/database.ts";
import { ownedPrefixes } from "../owned-ids.ts";
import { lockRevision, recordChanges } from "./catalog-revision.ts";
import type { CatalogTables } from "./catalog-tables.ts";
import { edgesAt } from "./edge-read.ts";
import { deleteEdges } from "./edge-write.ts";
import { inChunks } from "./in-chunks.ts";

/** Removes entries with what they own by their ids or by `contains`, and every edge at any of them. Counts the entries. */
export async function removeEntries(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  { ids, epoch }: { readonly ids: readonly string[]; readonly epoch: string },
): Promise<number> {
  const next = await lockRevision(tx, scope, epoch);
  const doomed = await withOwned(tx, scope, ids);
  if (doomed.size === 0) return 0;
  const list = [...doomed];
  const edges = await edgesAt(tx, scope, { columns: ["from_id", "to_id", "owner"], ids: list });
  // An edge that stands in an entry that stays would come back with it, so it stays too and leads to nothing.
  const leaving = edges.filter((row) => row.owner === "" || doomed.has(row.owner));
  const touched = await deleteEdges(tx, scope, leaving);
  await inChunks(list, async (chunk) => {
    await tx
      .deleteFrom("catalog_entries")
      .where("tenant", "=", scope.tenant)
      .where("workspace", "=", scope.workspace)
      .where("id", "in", [...chunk])
      .execute();
    return [];
  });
  await recordChanges(tx, scope, { ids: new Set([...doomed, ...touched]), next });
  return doomed.size;
}

async function withOwned(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const doomed = new Set<string>();
  let next = await existing(tx, scope, ids);
  while (next.length > 0) {
    for (const id of next) doomed.add(id);
    const owned = await inChunks(next, (chunk) => ownedBy(tx, scope, chunk));
    const found = await existing(tx, scope, owned);
    next = found.filter((id) => !doomed.has(id));
  }
  return doomed;
}

async function ownedBy(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  ids: readonly string[],
): Promise<readonly string[]> {
  const contained = await edgesAt(tx, scope, { columns: ["from_id"], ids });
  const owned = contained.filter((row) => isContains(row.body)).map((row) => row.to_id);
  for (const prefix of ids.flatMap(ownedPrefixes)) {
    const rows = await tx
      .selectFrom("catalog_entries")
      .select("id")
      .where("tenant", "=", scope.tenant)
      .where("workspace", "=", scope.workspace)
      .where("id", ">=", prefix)
      .where("id", "<", `${prefix}\u{10ffff}`)
      .execute();
    owned.push(...rows.map(({ id }) => id));
  }
  return owned;
}

function isContains(body: string): boolean {
  return parseStoredJson(CatalogEdge, body, "catalog edge").type === "contains";
}

async function existing(
  tx: Transaction<CatalogTables>,
  { tenant, workspace }: ScopeKey,
  ids: readonly string[],
): Promise<readonly string[]> {
  const rows = await inChunks([...new Set(ids)], (chunk) =>
    tx
      .selectFrom("catalog_entries")
      .select("id")
      .where("tenant", "=", tenant)
      .where("workspace", "=", workspace)
      .where("id", "in", [...chunk])
      .execute(),
  );
  return rows.map(({ id }) => id);
}
