/** Where the data is, in the words of a data environment file; paths are read against that file. */
export const DATA_ENVIRONMENT = {
  tenant_id: "inventory-demo",
  workspace_id: "default",
  target_database: { kind: "sqlite", url: "sqlite:target.db" },
  catalog: { kind: "sqlite", url: "sqlite:catalog.db", ensure_schema: true },
  // Off while profiling and ingesting write much at once: one rebuild after them is quicker.
  catalog_search: { index_path: "catalog-index.db", rebuild_on_start: false, write_through: false },
  kv: { kind: "sqlite", url: "sqlite:knowledge.db", ensure_schema: true },
} as const;
