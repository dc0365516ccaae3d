import type { Transaction } from "kysely";
import { stableJson } from "../../lib/stable-json.ts";
import type { CatalogEntry } from "../../protocol/catalog.ts";
import { contentHash } from "../../state/blobs/content-hash.ts";
import type { ScopeKey } from "../../state/database.ts";
import { checkId } from "../check-id.ts";
import type { CatalogChange, UpsertCounts } from "../port.ts";
import { relatedEdges } from "../related-edges.ts";
import { lockRevision, recordChanges } from "./catalog-revision.ts";
import type { CatalogTables, EntryRow } from "./catalog-tables.ts";
import { type OwnedEdges, writeEdges, writeOwnedEdges } from "./edge-write.ts";
import { inChunks } from "./in-chunks.ts";

/** Writes the entries and edges that differ from what is there. The last of two entries with one id counts. */
export async function writeCatalogChange(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  { change, epoch }: { readonly change: CatalogChange; readonly epoch: string },
): Promise<UpsertCounts> {
  const entries = new Map(change.entries.map((entry) => [entry.id, entry]));
  for (const id of entries.keys()) checkId(id, "id of a catalog entry");
  const next = await lockRevision(tx, scope, epoch);
  const written = await writeEntries(tx, scope, [...entries.values()]);
  const owned = await writeOwnedEdges(tx, scope, written.map(ownedEdges));
  const edges = await writeEdges(tx, scope, change);
  const ids = new Set([...written.map(({ id }) => id), ...owned.touched, ...edges.touched]);
  await recordChanges(tx, scope, { ids, next });
  return { written: written.length, unchanged: entries.size - written.length, edges: edges.count };
}

function ownedEdges(entry: CatalogEntry): OwnedEdges {
  return { owner: entry.id, edges: relatedEdges(entry) };
}

/** Gives the entries that were new or different. */
async function writeEntries(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  entries: readonly CatalogEntry[],
): Promise<readonly CatalogEntry[]> {
  return await inChunks(entries, async (chunk) => {
    const hashes = await knownHashes(tx, scope, chunk);
    const changed = chunk
      .map((entry) => ({ entry, row: entryRow(scope, entry) }))
      .filter(({ row }) => hashes.get(row.id) !== row.hash);
    if (changed.length === 0) return [];
    await tx
      .insertInto("catalog_entries")
      .values(changed.map(({ row }) => row))
      .onConflict((conflict) =>
        conflict.columns(["tenant", "workspace", "id"]).doUpdateSet((set) => ({
          item_type: set.ref("excluded.item_type"),
          hash: set.ref("excluded.hash"),
          body: set.ref("excluded.body"),
        })),
      )
      .execute();
    return changed.map(({ entry }) => entry);
  });
}

async function knownHashes(
  tx: Transaction<CatalogTables>,
  { tenant, workspace }: ScopeKey,
  entries: readonly CatalogEntry[],
): Promise<ReadonlyMap<string, string>> {
  const ids = entries.map(({ id }) => id);
  const rows = await tx
    .selectFrom("catalog_entries")
    .select(["id", "hash"])
    .where("tenant", "=", tenant)
    .where("workspace", "=", workspace)
    .where("id", "in", ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row.hash]));
}

function entryRow(scope: ScopeKey, entry: CatalogEntry): EntryRow {
  const body = stableJson(entry);
  return { ...scope, id: entry.id, item_type: entry.itemType, hash: contentHash(body), body };
}
