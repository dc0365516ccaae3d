import type { CatalogEdge, CatalogEntry, ItemType } from "../protocol/catalog.ts";

/** What the catalog knows of one tenant's workspace, wherever it is kept. */
export interface CatalogStore {
  /** Inline and empty catalogs cannot be written. */
  readonly isWritable: boolean;
  /** Changes whenever an entry or an edge does; an index that was built at another revision is stale. */
  revision(): Promise<string>;
  /**
   * Ids of entries that were written, removed or got other edges since `revision`, so that an index can follow; null when the
   * store cannot tell, because it is another store or the list would be longer than `limit`.
   */
  changedSince(revision: string, limit: number): Promise<readonly string[] | null>;
  /** Writes what changed, by content hash; entries that are not named stay. */
  upsert(change: CatalogChange): Promise<UpsertCounts>;
  /** Entries that no longer exist are removed with their edges and whatever they own. */
  remove(ids: readonly string[]): Promise<number>;
  /** In the order asked for; ids nobody knows are left out. */
  entries(ids: readonly string[]): Promise<readonly CatalogEntry[]>;
  /** Every entry in the order of its id, page by page. */
  list(filter: EntryFilter): Promise<EntryPage>;
  /** Edges that start or end at any of the entries. */
  edges(ids: readonly string[]): Promise<readonly CatalogEdge[]>;
  /** Every edge, page by page, in a stable order. */
  listEdges(filter: { readonly after?: string; readonly limit?: number }): Promise<EdgePage>;
  close(): Promise<void>;
}

/** Entries and edges to write together, in one transaction. */
export interface CatalogChange {
  readonly entries: readonly CatalogEntry[];
  readonly edges?: readonly CatalogEdge[];
  /** Replaces every edge of these origins that starts at one of these entries, so that a vanished one goes. */
  readonly replaceEdges?: { readonly from: readonly string[]; readonly origins: readonly CatalogEdge["origin"][] };
}

/** What an upsert did. */
export interface UpsertCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly edges: number;
}

/** Which entries a list gives. */
export interface EntryFilter {
  readonly itemTypes?: readonly ItemType[];
  /** Only ids that begin so. */
  readonly idPrefix?: string;
  readonly after?: string;
  readonly limit?: number;
}

/** A page of entries; `next` goes into `after`. */
export interface EntryPage {
  readonly entries: readonly CatalogEntry[];
  readonly next: string | null;
}

/** A page of edges. */
export interface EdgePage {
  readonly edges: readonly CatalogEdge[];
  readonly next: string | null;
}
