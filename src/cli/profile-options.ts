import type { ProfileOptions } from "../data/profile/plan-profile.ts";
import { PROFILE_SAMPLE_ROWS } from "../protocol/limits.ts";
import { type CommandCall, isOn, valueOf, valuesOf } from "./command.ts";
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
export function profileOptions(call: CommandCall): ProfileOptions {
  return {
    sampleRows: valueOf(call, SETTINGS.sampleSize) ?? PROFILE_SAMPLE_ROWS,
    isExact: isOn(call, SWITCHES.exact),
    isSchemaOnly: isOn(call, SWITCHES.schemaOnly),
    maxRows: valueOf(call, SETTINGS.maxRows) ?? null,
    tables: valuesOf(call, SETTINGS.table),
    hasValues: !isOn(call, SWITCHES.noSamples),
  };
}
