import { byteLength, capText } from "../../lib/cap-text.ts";
import { copyJson } from "../../lib/copy-json.ts";
import type { Json } from "../../protocol/json.ts";
import { DISPATCH_DETAILS_BYTES, DISPATCH_SUMMARY_BYTES } from "../../protocol/limits/dispatch.ts";
import { describeValue } from "../describe-value.ts";
import { valueAt } from "../field-path.ts";

/** What a dispatcher says it did; null when there was nothing to do. */
export type DispatchOutcome = {
  /** A whole number of at least 0. */
  readonly entitiesAffected: number;
  readonly summary?: string | undefined;
  /** JSON. */
  readonly details?: unknown;
} | null;

/** An outcome in the form that is recorded. */
export interface DispatchResult {
  readonly entitiesAffected: number;
  readonly summary: string | null;
  readonly details: Json;
}

/** A checked outcome, or the sentence that says what is wrong with it. */
export type CheckedDispatchResult =
  { readonly ok: true; readonly result: DispatchResult } | { readonly ok: false; readonly message: string };

/** Checks what a dispatcher returned. A long summary is cut and large details are replaced by a note, because the effect is done by then. */
export function checkDispatchResult(value: unknown): CheckedDispatchResult {
  if (value === null) return { ok: true, result: { entitiesAffected: 0, summary: null, details: null } };
  if (typeof value !== "object" || Array.isArray(value)) return wrong("", "{entitiesAffected, …} or null", value);
  const entitiesAffected = valueAt(value, ["entitiesAffected"]);
  if (typeof entitiesAffected !== "number" || !Number.isSafeInteger(entitiesAffected) || entitiesAffected < 0)
    return wrong("entitiesAffected", "a whole number of at least 0", entitiesAffected);
  const summary = valueAt(value, ["summary"]) ?? null;
  if (typeof summary !== "string" && summary !== null) return wrong("summary", "a string", summary);
  const given = valueAt(value, ["details"]) ?? null;
  const details = copyJson(given);
  if (details === undefined) return wrong("details", "JSON", given);
  return {
    ok: true,
    result: {
      entitiesAffected,
      summary: summary === null ? null : capText(summary, DISPATCH_SUMMARY_BYTES),
      details: boundedDetails(details),
    },
  };
}

function boundedDetails(details: Json): Json {
  const size = byteLength(JSON.stringify(details));
  return size <= DISPATCH_DETAILS_BYTES ? details : { dropped: `${size} bytes of details` };
}

function wrong(field: string, expected: string, received: unknown): CheckedDispatchResult {
  const what = field === "" ? "the dispatcher's result" : `${field} of the dispatcher's result`;
  return { ok: false, message: `${what} must be ${expected}, received ${describeValue(received)}` };
}
