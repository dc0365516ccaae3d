import type { DataEnvironment } from "../../data/data-environment.ts";
import type { CatalogScope } from "../../protocol/catalog.ts";
import { storeUrl } from "../catalog-source.ts";
import { openKeyValueStore } from "../key-value/open-key-value-store.ts";
import type { CatalogStore } from "../port.ts";
import { followCatalog } from "../search/follow-catalog.ts";
import { type IngestOptions, type IngestReport, ingestKnowledge } from "./ingest-knowledge.ts";
import { MEDIA_TYPES } from "./read-document.ts";

/** Where documents go: a workspace's catalog and the stores of its data environment. */
export interface KnowledgePlace {
  readonly environment: DataEnvironment;
  readonly scope: CatalogScope;
  readonly catalog: CatalogStore;
}

/** What to ingest; every extension that can be read unless said. */
export type WorkspaceIngest = Omit<IngestOptions, "keyValue" | "catalog" | "extensions"> &
  Partial<Pick<IngestOptions, "extensions">>;

/** Ingests a folder into a workspace; the search index follows where the data environment says so. */
export async function ingestIntoWorkspace(
  { environment, scope, catalog }: KnowledgePlace,
  ingest: WorkspaceIngest,
): Promise<IngestReport> {
  const { kv } = environment;
  const source = kv === null ? undefined : { kind: kv.kind, url: storeUrl(kv), ensureSchema: kv.ensureSchema };
  const keyValue = await openKeyValueStore(source, scope);
  try {
    const report = await ingestKnowledge({ extensions: [...MEDIA_TYPES.keys()], ...ingest, keyValue, catalog });
    await followCatalog(environment, catalog, scope);
    return report;
  } finally {
    await keyValue.close();
  }
}
