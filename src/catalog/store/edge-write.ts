import type { Transaction } from "kysely";
import { stableJson } from "../../lib/stable-json.ts";
import type { CatalogEdge } from "../../protocol/catalog.ts";
import type { ScopeKey } from "../../state/database.ts";
import { checkId } from "../check-id.ts";
import { edgeKey } from "../edge-key.ts";
import type { CatalogChange } from "../port.ts";
import type { CatalogTables, EdgeRow } from "./catalog-tables.ts";
import { edgePlace, edgesAt, selectEdges } from "./edge-read.ts";
import { inChunks } from "./in-chunks.ts";

/** Edges that stand in an entry's `related` and go with it. */
export interface OwnedEdges {
  readonly owner: string;
  readonly edges: readonly CatalogEdge[];
}

/** What a write did to edges: how many it wrote, and the entries at both ends of any that changed or went. */
export interface EdgeWrite {
  readonly count: number;
  readonly touched: ReadonlySet<string>;
}

/** Replaces the edges of entries that changed. */
export async function writeOwnedEdges(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  owned: readonly OwnedEdges[],
): Promise<EdgeWrite> {
  const owners = owned.map(({ owner }) => owner);
  const before = await edgesAt(tx, scope, { columns: ["owner"], ids: owners });
  const rows = owned.flatMap(({ owner, edges }) => edges.map((edge) => edgeRow(scope, owner, edge)));
  return await replace(tx, { scope, before, rows });
}

/** Writes edges that stand by themselves, and takes away those that the change replaces. */
export async function writeEdges(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  { edges = [], replaceEdges }: CatalogChange,
): Promise<EdgeWrite> {
  const rows = edges.map((edge) => edgeRow(scope, BY_ITSELF, edge));
  const replaced = replaceEdges === undefined ? [] : await edgesFrom(tx, scope, replaceEdges);
  return await replace(tx, { scope, before: replaced, rows });
}

/** Takes away edges that were read before; gives the entries at their ends. */
export async function deleteEdges(
  tx: Transaction<CatalogTables>,
  { tenant, workspace }: ScopeKey,
  edges: readonly EdgeRow[],
): Promise<ReadonlySet<string>> {
  const byOwner = Map.groupBy(edges, ({ owner }) => owner);
  for (const [owner, owned] of byOwner) {
    await inChunks(owned, async (chunk) => {
      await tx
        .deleteFrom("catalog_edges")
        .where("tenant", "=", tenant)
        .where("workspace", "=", workspace)
        .where("owner", "=", owner)
        .where(
          "edge_key",
          "in",
          chunk.map((row) => row.edge_key),
        )
        .execute();
      return [];
    });
  }
  return ends(edges);
}

const BY_ITSELF = "";

/** Edges of some origins that stand by themselves and start at some entries. */
async function edgesFrom(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  { from, origins }: NonNullable<CatalogChange["replaceEdges"]>,
): Promise<readonly EdgeRow[]> {
  const rows = await edgesAt(tx, scope, { columns: ["from_id"], ids: [...new Set(from)] });
  return rows.filter(({ owner, origin }) => owner === BY_ITSELF && origins.some((one) => one === origin));
}

interface Replacement {
  readonly scope: ScopeKey;
  readonly before: readonly EdgeRow[];
  readonly rows: readonly EdgeRow[];
}

async function replace(tx: Transaction<CatalogTables>, { scope, before, rows }: Replacement): Promise<EdgeWrite> {
  const wanted = new Map(rows.map((row) => [edgePlace(row), row]));
  const vanished = before.filter((row) => !wanted.has(edgePlace(row)));
  const gone = await deleteEdges(tx, scope, vanished);
  const changed = await inChunks([...wanted.values()], (chunk) => insertChanged(tx, scope, chunk));
  return { count: changed.length, touched: new Set([...gone, ...ends(changed)]) };
}

async function insertChanged(
  tx: Transaction<CatalogTables>,
  scope: ScopeKey,
  rows: readonly EdgeRow[],
): Promise<readonly EdgeRow[]> {
  const keys = rows.map((row) => row.edge_key);
  const known = new Map(
    (await selectEdges(tx, scope).where("edge_key", "in", keys).execute()).map((row) => [edgePlace(row), row.body]),
  );
  const changed = rows.filter((row) => known.get(edgePlace(row)) !== row.body);
  if (changed.length === 0) return [];
  await tx
    .insertInto("catalog_edges")
    .values([...changed])
    .onConflict((conflict) =>
      conflict.columns(["tenant", "workspace", "edge_key", "owner"]).doUpdateSet((set) => ({
        origin: set.ref("excluded.origin"),
        body: set.ref("excluded.body"),
      })),
    )
    .execute();
  return changed;
}

function edgeRow(scope: ScopeKey, owner: string, edge: CatalogEdge): EdgeRow {
  checkId(edge.from, "from of a catalog edge");
  checkId(edge.to, "to of a catalog edge");
  const row = { edge_key: edgeKey(edge), owner, from_id: edge.from, to_id: edge.to, origin: edge.origin };
  return { ...scope, ...row, body: stableJson(edge) };
}

function ends(rows: readonly EdgeRow[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => [row.from_id, row.to_id]));
}
