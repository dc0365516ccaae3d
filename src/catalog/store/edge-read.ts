import type { Kysely, SelectQueryBuilder } from "kysely";
import type { ScopeKey } from "../../state/database.ts";
import type { CatalogTables, EdgeRow } from "./catalog-tables.ts";
import { inChunks } from "./in-chunks.ts";

/** By what edges are looked up; each has an index. */
export type EdgeColumn = "from_id" | "to_id" | "owner";

/**
 * The edges that have one of some ids in one of some columns, each once. One query per column: joined by `or`, or put in an order,
 * they make SQLite walk over every edge of the scope.
 */
export async function edgesAt(
  db: Kysely<CatalogTables>,
  scope: ScopeKey,
  { columns, ids }: { readonly columns: readonly EdgeColumn[]; readonly ids: readonly string[] },
): Promise<readonly EdgeRow[]> {
  const found = new Map<string, EdgeRow>();
  for (const column of columns) {
    const rows = await inChunks(ids, (chunk) => selectEdges(db, scope).where(column, "in", chunk).execute());
    for (const row of rows) found.set(edgePlace(row), row);
  }
  return [...found.values()];
}

/** The edges of a scope, to be narrowed. */
export function selectEdges(
  db: Kysely<CatalogTables>,
  { tenant, workspace }: ScopeKey,
): SelectQueryBuilder<CatalogTables, "catalog_edges", EdgeRow> {
  return db.selectFrom("catalog_edges").selectAll().where("tenant", "=", tenant).where("workspace", "=", workspace);
}

/** What tells one row from another. */
export function edgePlace({ edge_key, owner }: EdgeRow): string {
  return `${edge_key} ${owner}`;
}
