import { type Catalog, openCatalogOf } from "./catalog/open-catalog.ts";
import { readDataEnvironment } from "./data/read-data-environment.ts";
import { type InspectableTarget, openTarget, type TargetDatabaseOptions } from "./data/target/open-target-database.ts";
import { readTargetLocation, type TargetDescriptor } from "./data/target/read-target-location.ts";
import { processEnvironment } from "./environment.ts";
import type { CatalogScope } from "./protocol/catalog.ts";

export type { CatalogStore, UpsertCounts } from "./catalog/port.ts";
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
