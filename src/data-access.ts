import { basename, resolve } from "node:path";
import type { ExtractionModel } from "./catalog/knowledge/extraction/extract-with-model.ts";
import type { IngestReport } from "./catalog/knowledge/ingest-knowledge.ts";
import { ingestIntoWorkspace } from "./catalog/knowledge/ingest-into-workspace.ts";
import { type Catalog, openCatalogOf } from "./catalog/open-catalog.ts";
import { readDataEnvironment } from "./data/read-data-environment.ts";
import { type InspectableTarget, openTarget, type TargetDatabaseOptions } from "./data/target/open-target-database.ts";
import { readTargetLocation, type TargetDescriptor } from "./data/target/read-target-location.ts";
import { anthropicProvider } from "./models/anthropic.ts";
import { processEnvironment } from "./environment.ts";
import type { CatalogScope } from "./protocol/catalog.ts";

export type { CatalogStore, UpsertCounts } from "./catalog/port.ts";
export type { ExtractionReport } from "./catalog/knowledge/extraction/extract-with-model.ts";
export type { ExtractionEstimate } from "./catalog/knowledge/extraction/plan-extraction.ts";
export type { IngestReport } from "./catalog/knowledge/ingest-knowledge.ts";
export type { Catalog, CatalogChangeInput } from "./catalog/open-catalog.ts";
export type { JoinStep } from "./catalog/relations/join-step.ts";
export type { RelationPath, RelationPaths } from "./catalog/relations/find-paths.ts";
export type { SearchOptions } from "./catalog/search/catalog-search.ts";
export type { RebuildCounts } from "./catalog/search/rebuild-index.ts";
export type { CatalogHit, FieldMatch, HitColumn } from "./catalog/search/search-hit.ts";
export { CatalogEdge, CatalogEntry, type CatalogScope, ItemType } from "./protocol/catalog.ts";

export type {
  QueryErrorCode,
  QueryLimits,
  QueryOutcome,
  QueryRefusal,
  QueryRows,
  TableName,
  TargetDatabase,
} from "./data/port.ts";
export type { TargetLocation } from "./data/data-environment.ts";
export type { InspectableTarget, TargetDatabaseOptions } from "./data/target/open-target-database.ts";
export type { TargetDescriptor } from "./data/target/read-target-location.ts";
export type { TargetAccess, TargetAccessFinding } from "./data/target/target-access.ts";
export type { WriteAttempt } from "./data/target/write-attempt.ts";

/**
 * Opens a customer's database to read: a URL, or `{kind, url | url_env, schema}` as in a data environment. `url_env` looks into
 * the environment of this process, relative paths start from its folder. Close it when done.
 */
export function openTargetDatabase(
  descriptor: TargetDescriptor,
  options: TargetDatabaseOptions = {},
): InspectableTarget {
  const location = readTargetLocation(descriptor, { env: processEnvironment(), folder: process.cwd() });
  return openTarget(location, options);
}

/**
 * Opens one workspace's catalog: `dataEnvironment` is a descriptor, or the path of its JSON or TOML file. The workspace is the
 * descriptor's unless said. Close it when done.
 */
export async function openCatalog(
  dataEnvironment: string | object,
  scope: { readonly tenantId: CatalogScope["tenantId"]; readonly workspaceId?: CatalogScope["workspaceId"] },
): Promise<Catalog> {
  const { tenantId } = scope;
  const context = { env: processEnvironment(), folder: process.cwd(), tenantId };
  const environment = readDataEnvironment(dataEnvironment, context);
  return await openCatalogOf(environment, { tenantId, workspaceId: scope.workspaceId ?? environment.workspaceId });
}

/**
 * Brings the documents of a folder into a workspace's catalog, as `bridle data knowledge ingest` does. `extractWith` also asks a model
 * for terms, metrics and rules that no structure marks; without it no model is asked anything.
 */
export async function ingestKnowledge(
  dataEnvironment: string | object,
  scope: { readonly tenantId: CatalogScope["tenantId"]; readonly workspaceId?: CatalogScope["workspaceId"] },
  options: KnowledgeOptions,
): Promise<IngestReport> {
  const { tenantId } = scope;
  const context = { env: processEnvironment(), folder: process.cwd(), tenantId };
  const environment = readDataEnvironment(dataEnvironment, context);
  const named = { tenantId, workspaceId: scope.workspaceId ?? environment.workspaceId };
  const catalog = await openCatalogOf(environment, named);
  const { extractWith, folder, source = basename(resolve(folder)), ...rest } = options;
  const place = { environment, scope: named, catalog: catalog.store };
  try {
    const model = extractWith === undefined ? {} : { extractWith: extractionModel(extractWith) };
    return await ingestIntoWorkspace(place, { ...rest, folder, source, ...model });
  } finally {
    await catalog.close();
  }
}

/** What `ingestKnowledge` reads. */
export interface KnowledgeOptions {
  readonly folder: string;
  /** Of md, markdown, txt, html, htm, csv and pdf; all of them unless said. */
  readonly extensions?: readonly string[];
  /** Names the folder, so that the same one is known again wherever it is; its own name unless said. */
  readonly source?: string;
  readonly extractWith?: KnowledgeModel;
  readonly signal?: AbortSignal;
}

/** The model that `ingestKnowledge` asks, by the Messages API. */
export interface KnowledgeModel {
  readonly model: string;
  /** Unless said, the environment variable `ANTHROPIC_API_KEY` when it asks. */
  readonly apiKey?: string;
  readonly baseURL?: string;
  /** No call is begun that could bring the tokens of this ingestion above it. */
  readonly maxTokens?: number;
}

function extractionModel({ model, apiKey, baseURL, maxTokens }: KnowledgeModel): ExtractionModel {
  const address = baseURL ?? processEnvironment().ANTHROPIC_BASE_URL;
  const provider = anthropicProvider({
    apiKey: apiKey ?? ((): string | undefined => processEnvironment()["ANTHROPIC_API_KEY"]),
    keyName: apiKey === undefined ? "ANTHROPIC_API_KEY" : "extractWith.apiKey",
    ...(address === undefined ? {} : { baseURL: address }),
  });
  return { model, provider, ...(maxTokens === undefined ? {} : { maxTokens }) };
}
