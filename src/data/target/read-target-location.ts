import { InputError } from "../../protocol/errors.ts";
import type { DataEnvironment, TargetLocation } from "../data-environment.ts";
import { type DataEnvironmentContext, readDataEnvironment } from "../read-data-environment.ts";

/** A URL, the value of `target_database`, or a location that was read before. */
export type TargetDescriptor = string | TargetLocation | Readonly<Record<string, unknown>>;

/** Reads where a target database is; mistakes are told as those of a data environment. */
export function readTargetLocation(descriptor: TargetDescriptor, context: DataEnvironmentContext): TargetLocation {
  if (isLocation(descriptor)) return descriptor;
  const key = typeof descriptor === "string" ? "target_database_url" : "target_database";
  return targetOf(readDataEnvironment({ [key]: descriptor }, context));
}

/** The target of a data environment, or the error that names the missing key. */
function targetOf(environment: DataEnvironment): TargetLocation {
  if (environment.targetDatabase !== null) return environment.targetDatabase;
  throw new InputError("TARGET_DATABASE_MISSING", `${environment.source} has no target_database`, {
    hint: "Add target_database with kind and url (or url_env) to the data environment.",
  });
}

/** Only locations that were read carry a label. */
function isLocation(descriptor: TargetDescriptor): descriptor is TargetLocation {
  return typeof descriptor === "object" && "label" in descriptor;
}
