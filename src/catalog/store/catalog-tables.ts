/** Rows of a durable catalog. JSON is text; every table is keyed by tenant and workspace first. */
export interface CatalogTables {
  readonly catalog_entries: EntryRow;
  readonly catalog_edges: EdgeRow;
  readonly catalog_changes: ChangeRow;
  readonly catalog_revisions: RevisionRow;
  readonly catalog_epochs: EpochRow;
  readonly catalog_migrations: MigrationRow;
}

interface ScopedRow {
  readonly tenant: string;
  readonly workspace: string;
}

/** One entry as JSON, with the hash that tells whether it changed. */
export interface EntryRow extends ScopedRow {
  readonly id: string;
  readonly item_type: string;
  readonly hash: string;
  readonly body: string;
}

/** One edge as JSON. `owner` is the entry whose `related` it stands in, or empty for an edge written by itself. */
export interface EdgeRow extends ScopedRow {
  readonly edge_key: string;
  readonly owner: string;
  readonly from_id: string;
  readonly to_id: string;
  readonly origin: string;
  readonly body: string;
}

/** The revision at which anything about an entry last changed; a removed entry keeps its row. */
export interface ChangeRow extends ScopedRow {
  readonly id: string;
  readonly revision: number;
}

/** The counter of a scope, and the epoch that wrote last. */
export interface RevisionRow extends ScopedRow {
  readonly epoch: string;
  readonly revision: number;
}

/**
 * From which revision on an epoch wrote, until the next one did. Every opened store is an epoch, so that a catalog that lost its
 * last writes, or is another one in the same place, never gives its next writes the names of those that were.
 */
export interface EpochRow extends ScopedRow {
  readonly first_revision: number;
  readonly epoch: string;
}

/** What was applied to the schema. */
export interface MigrationRow {
  readonly version: number;
  readonly name: string;
  readonly applied_at: string;
}
