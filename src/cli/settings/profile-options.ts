import type { ProfileRequest } from "../../catalog/profile/profile-request.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { type CommandCall, isOn, valueOf, valuesOf } from "../command.ts";
import { DATA_SCOPE_SETTINGS, SETTINGS, SWITCHES } from "./settings.ts";

/** What `data profile estimate` and `data profile database` take alike. */
export const PROFILE_SETTINGS = [
  ...DATA_SCOPE_SETTINGS,
  SETTINGS.schema,
  SETTINGS.table,
  SETTINGS.sampleSize,
  SETTINGS.maxRows,
] as const;

/** Their switches. */
export const PROFILE_SWITCHES = [SWITCHES.exact, SWITCHES.schemaOnly, SWITCHES.noSamples] as const;

/** What the flags of a call ask for. */
export function profileRequest(call: CommandCall, signal: AbortSignal): ProfileRequest {
  return withoutUndefined({
    databaseId: valueOf(call, SETTINGS.databaseId),
    schema: valueOf(call, SETTINGS.schema),
    tables: valuesOf(call, SETTINGS.table),
    sampleRows: valueOf(call, SETTINGS.sampleSize),
    maxRows: valueOf(call, SETTINGS.maxRows),
    isExact: isOn(call, SWITCHES.exact),
    isSchemaOnly: isOn(call, SWITCHES.schemaOnly),
    hasValues: !isOn(call, SWITCHES.noSamples),
    signal,
  });
}
