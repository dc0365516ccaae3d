import { type InspectableTarget, openTarget, type TargetDatabaseOptions } from "./data/target/open-target-database.ts";
import { readTargetLocation, type TargetDescriptor } from "./data/target/read-target-location.ts";
import { processEnvironment } from "./environment.ts";

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
