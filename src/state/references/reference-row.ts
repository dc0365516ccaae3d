import type { Kysely } from "kysely";
import * as z from "zod";
import { StateError } from "../../protocol/errors.ts";
import { ContentHash } from "../../protocol/ids.ts";
import { Json } from "../../protocol/json.ts";
import type { ReferenceHandle } from "../../protocol/plan.ts";
import type { ScopeKey } from "../database.ts";
import type { ReferenceRecord } from "../plan-port.ts";
import type { ReferenceRow, StateTables } from "../schema.ts";
import { parseStored, parseText } from "../stored-json.ts";

/** A stored reference as callers see it. */
export function referenceRecord(row: ReferenceRow): ReferenceRecord {
  const what = `reference ${row.ref_id}`;
  const record = {
    kind: parseText(row.kind, what),
    id: row.ref_id,
    contentHash: row.hash,
    glimpse: parseText(row.glimpse, what),
    bytes: row.bytes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
  return parseStored(StoredReference, record, what);
}

/** The first kinds of a scope, in the order of their names. */
export async function referenceKinds(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("refs")
    .select("kind")
    .distinct()
    .where((is) => is.and({ ...scope }))
    .orderBy("kind")
    .limit(limit)
    .execute();
  return rows.map(({ kind }) => z.string().parse(parseText(kind, "reference kind")));
}

/** The row behind a handle. Handles come from models, so an id of another shape is only one that does not exist. */
export async function findReference(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  handle: ReferenceHandle,
): Promise<ReferenceRow | undefined> {
  if (!REFERENCE_ID.test(handle.id)) return undefined;
  const row = await db
    .selectFrom("refs")
    .selectAll()
    .where((is) => is.and({ ...scope, ref_id: handle.id }))
    .executeTakeFirst();
  return row?.kind === JSON.stringify(handle.kind) ? row : undefined;
}

/** The complaint that a handle names nothing in this scope. */
export function missingReference(handle: ReferenceHandle): StateError {
  return new StateError("REFERENCE_MISSING", `the state store has no reference ${nameOf(handle)}`, {
    hint: "check the kind and the id, or run what produced the value again",
  });
}

/** The complaint that a value outlived its ttl with no plan to hold it. */
export function expiredReference(handle: ReferenceHandle): StateError {
  return new StateError("REFERENCE_EXPIRED", `reference ${nameOf(handle)} has expired`, {
    hint: "run what produced the value again, or declare a longer ttlMs for this kind of reference",
  });
}

const REFERENCE_ID = /^ref_[0-9a-f]{24}$/;

const StoredReference = z.strictObject({
  kind: z.string(),
  id: z.string(),
  contentHash: ContentHash,
  glimpse: Json,
  bytes: z.number().int().nonnegative(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
});

function nameOf({ kind, id }: ReferenceHandle): string {
  return `${JSON.stringify(kind)} ${JSON.stringify(id)}`;
}
