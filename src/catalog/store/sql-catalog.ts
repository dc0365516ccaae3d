import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { CatalogEdge, CatalogEntry, type CatalogScope } from "../../protocol/catalog.ts";
import type { ScopeKey } from "../../state/database.ts";
import { parseStoredJson } from "../../state/stored-json.ts";
import type { CatalogStore, EdgePage, EntryFilter, EntryPage } from "../port.ts";
import type { CatalogDatabase } from "./catalog-database.ts";
import { removeEntries } from "./catalog-removal.ts";
import type { CatalogTables } from "./catalog-tables.ts";
import { changedSince, currentRevision } from "./catalog-revision.ts";
import { writeCatalogChange } from "./catalog-write.ts";
import { edgesAt, selectEdges } from "./edge-read.ts";
import { inChunks } from "./in-chunks.ts";
import { catalogPageLimit } from "./page-limit.ts";

/** The catalog of one scope in a database. Every statement names the scope, so that no other scope's row is ever touched. */
export function createSqlCatalog(database: CatalogDatabase, catalogScope: CatalogScope): CatalogStore {
  const scope: ScopeKey = { tenant: catalogScope.tenantId, workspace: catalogScope.workspaceId };
  const epoch = randomBytes(8).toString("hex");
  return {
    isWritable: true,
    revision: () => database.read((db) => currentRevision(db, scope)),
    changedSince: (revision, limit) => database.read((db) => changedSince(db, scope, { revision, limit })),
    upsert: (change) => database.write((tx) => writeCatalogChange(tx, scope, { change, epoch })),
    remove: (ids) => database.write((tx) => removeEntries(tx, scope, { ids, epoch })),
    entries: (ids) => database.read((db) => entriesById(db, scope, ids)),
    list: (filter) => database.read((db) => listEntries(db, scope, filter)),
    edges: (ids) => database.read((db) => edgesOf(db, scope, ids)),
    listEdges: (filter) => database.read((db) => listEdges(db, scope, filter)),
    close: () => database.close(),
  };
}

async function entriesById(
  db: Kysely<CatalogTables>,
  scope: ScopeKey,
  ids: readonly string[],
): Promise<readonly CatalogEntry[]> {
  const rows = await inChunks([...new Set(ids)], (chunk) =>
    scopedEntries(db, scope).select(["id", "body"]).where("id", "in", chunk).execute(),
  );
  const byId = new Map(rows.map((row) => [row.id, readEntry(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

async function listEntries(db: Kysely<CatalogTables>, scope: ScopeKey, filter: EntryFilter): Promise<EntryPage> {
  const limit = catalogPageLimit(filter.limit);
  const { itemTypes, idPrefix, after } = filter;
  let query = scopedEntries(db, scope).select(["id", "body"]);
  if (itemTypes !== undefined) query = query.where("item_type", "in", [...itemTypes]);
  if (idPrefix !== undefined && idPrefix !== "") {
    // Everything above the largest character that can follow the prefix is out of its range.
    query = query.where("id", ">=", idPrefix).where("id", "<", `${idPrefix}\u{10ffff}`);
  }
  if (after !== undefined) query = query.where("id", ">", after);
  const rows = await query
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  return { entries: shown.map(readEntry), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

async function edgesOf(
  db: Kysely<CatalogTables>,
  scope: ScopeKey,
  ids: readonly string[],
): Promise<readonly CatalogEdge[]> {
  const rows = await edgesAt(db, scope, { columns: ["from_id", "to_id"], ids: [...new Set(ids)] });
  const byOwner = rows.toSorted((a, b) => (a.owner < b.owner ? -1 : 1));
  return [...withoutTwins(byOwner)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, body]) => readEdge(body));
}

async function listEdges(
  db: Kysely<CatalogTables>,
  scope: ScopeKey,
  filter: { readonly after?: string; readonly limit?: number },
): Promise<EdgePage> {
  const limit = catalogPageLimit(filter.limit);
  let query = selectEdges(db, scope);
  if (filter.after !== undefined) query = query.where("edge_key", ">", filter.after);
  // The same edge may be written by itself and stand in an entry at either of its ends.
  const rows = await query
    .orderBy("edge_key")
    .orderBy("owner")
    .limit(OWNERS_PER_EDGE * (limit + 1))
    .execute();
  const found = [...withoutTwins(rows)];
  const shown = found.slice(0, limit);
  return {
    edges: shown.map(([, body]) => readEdge(body)),
    next: found.length > limit ? (shown.at(-1)?.[0] ?? null) : null,
  };
}

const OWNERS_PER_EDGE = 3;

/** By key; what was written by itself has the empty owner and comes first. */
function withoutTwins(rows: readonly { readonly edge_key: string; readonly body: string }[]): Map<string, string> {
  const byKey = new Map<string, string>();
  for (const row of rows) if (!byKey.has(row.edge_key)) byKey.set(row.edge_key, row.body);
  return byKey;
}

function readEntry(row: { readonly id: string; readonly body: string }): CatalogEntry {
  return parseStoredJson(CatalogEntry, row.body, `catalog entry ${row.id}`);
}

function readEdge(body: string): CatalogEdge {
  return parseStoredJson(CatalogEdge, body, "catalog edge");
}

function scopedEntries(db: Kysely<CatalogTables>, { tenant, workspace }: ScopeKey) {
  return db.selectFrom("catalog_entries").where("tenant", "=", tenant).where("workspace", "=", workspace);
}
