import { basename, resolve } from "node:path";
import type { ExtractionModel } from "./catalog/knowledge/extraction/extract-with-model.ts";
import type { IngestReport } from "./catalog/knowledge/ingest-knowledge.ts";
import { ingestIntoWorkspace } from "./catalog/knowledge/ingest-into-workspace.ts";
import { type Catalog, openCatalogOf } from "./catalog/open-catalog.ts";
import type { ProfileEstimate } from "./catalog/profile/estimate-profile.ts";
import type { ProfileDatabaseRequest, ProfileRequest } from "./catalog/profile/profile-request.ts";
import { estimateWorkspace, type ProfilePlace, profileWorkspace } from "./catalog/profile/profile-workspace.ts";
import type { ProfileSummary } from "./catalog/profile/run-profile.ts";
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
export type { ProfileEstimate, TableEstimate } from "./catalog/profile/estimate-profile.ts";
export type { ProfileDatabaseRequest, ProfileRequest } from "./catalog/profile/profile-request.ts";
export type { ProfileEvent, TableOutcome } from "./catalog/profile/profile-run.ts";
export type { ProfileSummary } from "./catalog/profile/run-profile.ts";
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
export async function openCatalog(dataEnvironment: string | object, scope: DataScope): Promise<Catalog> {
  const place = placeOf(dataEnvironment, scope);
  return await openCatalogOf(place.environment, place.scope);
}

/** Whose data it is. */
export interface DataScope {
  readonly tenantId: CatalogScope["tenantId"];
  /** The data environment's unless said. */
  readonly workspaceId?: CatalogScope["workspaceId"];
}

/** Says what `profileDatabase` would read and how long it would take, as `bridle data profile estimate` does. Reads no table. */
export async function estimateProfile(
  dataEnvironment: string | object,
  scope: DataScope,
  request: ProfileRequest = {},
): Promise<ProfileEstimate> {
  return await estimateWorkspace(placeOf(dataEnvironment, scope), request);
}

/**
 * Looks at the target database and keeps its tables, columns and relations in the catalog, as `bridle data profile database` does.
 * A call that was cut short goes on where it was when it is made again within a day.
 */
export async function profileDatabase(
  dataEnvironment: string | object,
  scope: DataScope,
  request: ProfileDatabaseRequest = {},
): Promise<ProfileSummary> {
  return await profileWorkspace(placeOf(dataEnvironment, scope), request);
}

/**
 * Brings the documents of a folder into a workspace's catalog, as `bridle data knowledge ingest` does. `extractWith` also asks a model
 * for terms, metrics and rules that no structure marks; without it no model is asked anything.
 */
export async function ingestKnowledge(
  dataEnvironment: string | object,
  scope: DataScope,
  options: KnowledgeOptions,
): Promise<IngestReport> {
  const place = placeOf(dataEnvironment, scope);
  const catalog = await openCatalogOf(place.environment, place.scope);
  const { extractWith, folder, source = basename(resolve(folder)), ...rest } = options;
  try {
    const model = extractWith === undefined ? {} : { extractWith: extractionModel(extractWith) };
    return await ingestIntoWorkspace({ ...place, catalog: catalog.store }, { ...rest, folder, source, ...model });
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

function placeOf(dataEnvironment: string | object, { tenantId, workspaceId }: DataScope): ProfilePlace {
  const environment = readDataEnvironment(dataEnvironment, {
    env: processEnvironment(),
    folder: process.cwd(),
    tenantId,
  });
  return { environment, scope: { tenantId, workspaceId: workspaceId ?? environment.workspaceId } };
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
