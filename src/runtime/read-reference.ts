import { capText } from "../lib/cap-text.ts";
import { nearest } from "../lib/nearest.ts";
import { redactJson } from "../lib/redact-json.ts";
import { BridleError, type ErrorInfo, errorInfo, InputError } from "../protocol/errors.ts";
import type { Json } from "../protocol/json.ts";
import {
  REFERENCE_HOLDERS,
  REFERENCE_KINDS,
  REFERENCE_SHOWN_BYTES,
  REFERENCE_TEXT_BYTES,
} from "../protocol/limits/reference.ts";
import type { PlanId, ReferenceHandle } from "../protocol/plan.ts";
import type { ReferenceRecord, ReferenceStore } from "../state/plan-port.ts";
import type { StorePlace } from "./place.ts";

/** A reference with what it stands for, as people look at it. What looks like a credential is taken out of glimpse and value. */
export interface ReferenceDetail extends ReferenceRecord {
  /** The plans that keep its content beyond its time, at most the first fifty. */
  readonly heldBy: readonly PlanId[];
  /** The whole value; null when it was cut or cannot be read. */
  readonly value: Json;
  /** The beginning of a value that is too large to be shown whole, as JSON text; null otherwise. */
  readonly start: string | null;
  /** Why the value cannot be read, such as that its time is over; null when it can. */
  readonly problem: ErrorInfo | null;
}

/** Looks up a reference in the store alone: no app, no server and no worker is asked. Fails with REFERENCE_MISSING. */
export async function readReference(
  { scope, store: { references } }: StorePlace,
  handle: ReferenceHandle,
  secrets: readonly string[] = [],
): Promise<ReferenceDetail> {
  const record = await references.get(handle);
  if (record === null) throw missing(scope, handle, await references.kinds(REFERENCE_KINDS));
  const [heldBy, read] = await Promise.all([
    references.heldBy(handle, REFERENCE_HOLDERS),
    readValue(references, record, secrets),
  ]);
  const glimpse = redactJson(record.glimpse, secrets) as Json; // texts in place of texts
  return { ...record, glimpse, heldBy, ...read };
}

function missing(
  { tenant, workspace }: StorePlace["scope"],
  handle: ReferenceHandle,
  kinds: readonly string[],
): InputError {
  const [kind, id] = [handle.kind, handle.id].map((name) => JSON.stringify(capText(name, NAME_BYTES)));
  const close = nearest(handle.kind, kinds);
  const others = `no reference of the kind ${kind} in ${tenant}/${workspace}: expected one of ${kinds.join(", ")}`;
  const isOther = kinds.length > 0 && kinds.length < REFERENCE_KINDS && !kinds.includes(handle.kind);
  const message = isOther ? others : `no reference ${kind} ${id} in ${tenant}/${workspace}`;
  const meant = isOther && close !== undefined ? `Did you mean ${JSON.stringify(close)}? ` : "";
  return new InputError("REFERENCE_MISSING", `There is ${message}.`, {
    hint: `${meant}\`bridle plans show ID\` names the references of a plan with kind and id.`,
  });
}

async function readValue(
  references: ReferenceStore,
  record: ReferenceRecord,
  secrets: readonly string[],
): Promise<Pick<ReferenceDetail, "value" | "start" | "problem">> {
  try {
    const value = redactJson(await references.value(record), secrets) as Json; // texts in place of texts
    if (record.bytes <= REFERENCE_SHOWN_BYTES) return { value, start: null, problem: null };
    return { value: null, start: capText(JSON.stringify(value), REFERENCE_TEXT_BYTES), problem: null };
  } catch (error) {
    if (!(error instanceof BridleError) || !error.code.startsWith("REFERENCE_")) throw error;
    return { value: null, start: null, problem: errorInfo(error) };
  }
}

const NAME_BYTES = 200;
