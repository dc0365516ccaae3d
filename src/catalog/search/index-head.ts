import * as z from "zod";
import type { CatalogScope } from "../../protocol/catalog.ts";
import type { MeanLengths } from "./generation.ts";
import type { IndexConnection } from "./index-connection.ts";

/** What an index file says of one scope's index. */
export interface IndexHead {
  readonly generation: number;
  /** The layout it was written in. */
  readonly format: number;
  /** The catalog's revision that it shows. */
  readonly revision: string;
  /** Counts the writes, so that what was read before can be told from what is there now. */
  readonly version: number;
  readonly means: MeanLengths;
}

/** The layout and the ranking that this build writes; another one must be rebuilt. */
export const INDEX_FORMAT = 2;

/** The scope's index, or null when it was never built. */
export function readHead(connection: IndexConnection, scope: CatalogScope): IndexHead | null {
  const row = connection
    .statement(
      "select generation, format, revision, version, means from search_indexes where tenant = ? and workspace = ?",
    )
    .get(scope.tenantId, scope.workspaceId);
  if (row === undefined) return null;
  const { means, ...head } = HeadRow.parse(row);
  return { ...head, means: Means.parse(JSON.parse(means)) };
}

const HeadRow = z.strictObject({
  generation: z.int(),
  format: z.int(),
  revision: z.string(),
  version: z.int(),
  means: z.string(),
});
const Lengths = z.array(z.number());
const Means = z.strictObject({ table: Lengths, column: Lengths, text: Lengths });

/** A number that no other generation has. */
export function newGeneration(connection: IndexConnection, scope: CatalogScope): number {
  const { lastInsertRowid } = connection
    .statement("insert into generations(tenant, workspace, started_at) values (?, ?, ?)")
    .run(scope.tenantId, scope.workspaceId, new Date().toISOString());
  return Number(lastInsertRowid);
}

/** Lets a whole generation serve the scope from now on, unless a later one does so already. */
export function showGeneration(
  connection: IndexConnection,
  scope: CatalogScope,
  shown: { readonly number: number; readonly revision: string; readonly means: MeanLengths },
): void {
  connection
    .statement(
      `insert into search_indexes(tenant, workspace, generation, format, revision, version, means) values (?, ?, ?, ?, ?, 1, ?)
       on conflict(tenant, workspace) do update set generation = excluded.generation, format = excluded.format,
       revision = excluded.revision, version = version + 1, means = excluded.means
       where search_indexes.generation < excluded.generation`,
    )
    .run(scope.tenantId, scope.workspaceId, shown.number, INDEX_FORMAT, shown.revision, JSON.stringify(shown.means));
}

/** Marks the generation as showing another revision. */
export function moveHead(connection: IndexConnection, scope: CatalogScope, revision: string): void {
  connection
    .statement("update search_indexes set revision = ?, version = version + 1 where tenant = ? and workspace = ?")
    .run(revision, scope.tenantId, scope.workspaceId);
}

/** Deletes the scope's generations before the one that serves, and any that was begun long ago and never served, piece by piece. */
export function* deleteGenerations(connection: IndexConnection, scope: CatalogScope): Generator<void> {
  const numbers = connection
    .statement(
      `select generation from generations where generation not in (select generation from search_indexes) and (started_at < ?
       or generation < (select generation from search_indexes i where i.tenant = generations.tenant
       and i.workspace = generations.workspace and i.tenant = ? and i.workspace = ?))`,
    )
    .pluck()
    .all(new Date(Date.now() - LATELY_MS).toISOString(), scope.tenantId, scope.workspaceId);
  for (const number of numbers) {
    for (const table of ["documents", "postings", "lanes", "databases", "links", "spellings"]) {
      connection.statement(`delete from ${table} where generation = ?`).run(number);
      yield;
    }
    // The row stays while its writer may still be at work, so that what that writes is found and deleted next time.
    connection
      .statement("delete from generations where generation = ? and started_at < ?")
      .run(number, new Date(Date.now() - LATELY_MS).toISOString());
    yield;
  }
}

const LATELY_MS = 60 * 60 * 1000;
