/** A process that profiles a SQLite file into a catalog, to be killed by tests: arguments are the file and the catalog's. */
import { openCatalogStore } from "../../src/catalog/open-catalog-store.ts";
import { runProfile } from "../../src/catalog/profile/run-profile.ts";
import { openProfileReader } from "../../src/data/profile/open-profile-reader.ts";

const [, , path = "", catalogPath = ""] = process.argv;
const catalog = await openCatalogStore(
  { kind: "sqlite", url: `sqlite:${catalogPath}`, ensureSchema: true },
  { tenantId: "acme", workspaceId: "default" },
);
const reader = openProfileReader({ kind: "sqlite", path, label: "sqlite" });
const summary = await runProfile({
  reader,
  catalog,
  databaseId: "shop",
  schema: "main",
  options: { sampleRows: 10_000, isExact: false, isSchemaOnly: false, maxRows: null, tables: [], hasValues: true },
  now: () => new Date().toISOString(),
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
await reader.close();
await catalog.close();
process.stdout.write(`${JSON.stringify({ kind: "done", summary })}\n`);
