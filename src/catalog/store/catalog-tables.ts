/** Rows of a durable catalog. JSON is text; every table is keyed by tenant and workspace first. */
export interface CatalogTables {
  readonly catalog_entries: EntryRow;
  readonly catalog_edges: EdgeRow;
  readonly catalog_changes: ChangeRow;
  readonly catalog_revisions: RevisionRow;
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

/** The counter of a scope. `epoch` tells a catalog from another one that was made anew in the same place. */
export interface RevisionRow extends ScopedRow {
  readonly epoch: string;
  readonly revision: number;
}

/** What was applied to the schema. */
export interface MigrationRow {
  readonly version: number;
  readonly name: string;
  readonly applied_at: string;
}
