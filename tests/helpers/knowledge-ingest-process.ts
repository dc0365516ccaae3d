/** A process that ingests a folder and prints every step it took, until it is done or killed. */
import { openKeyValueStore } from "../../src/catalog/key-value/open-key-value-store.ts";
import { ingestKnowledge } from "../../src/catalog/knowledge/ingest-knowledge.ts";
import { openCatalogStore } from "../../src/catalog/open-catalog-store.ts";

const [url = "", folder = ""] = process.argv.slice(2);
const scope = { tenantId: "acme", workspaceId: "default" };
const source = { kind: url.startsWith("sqlite:") ? "sqlite" : "postgres", url, ensureSchema: true } as const;
const catalog = await openCatalogStore(source, scope);
const keyValue = await openKeyValueStore(source, scope);
await ingestKnowledge({
  keyValue,
  catalog,
  folder,
  extensions: ["md"],
  source: "docs",
  onProgress: ({ step, done }) => console.log(`${step} ${done}`),
});
await catalog.close();
await keyValue.close();
