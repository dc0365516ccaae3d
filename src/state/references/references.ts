import { stableJson } from "../../lib/stable-json.ts";
import { StateError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import type { ReferenceHandle } from "../../protocol/plan.ts";
import { type NewBlob, hasPins, insertBlobs, isPast } from "../blobs/blobs.ts";
import { encodeBlob } from "../blobs/codec.ts";
import { contentHash } from "../blobs/content-hash.ts";
import type { ScopeKey, ScopedTransaction, StateDatabase } from "../database.ts";
import type { NewReference, ReferenceRecord, ReferenceStore } from "../plan-port.ts";
import type { BlobStore } from "../port.ts";
import { plansHolding } from "./reference-pins.ts";
import { expiredReference, findReference, missingReference, referenceKinds, referenceRecord } from "./reference-row.ts";
import type { ReferenceRow } from "../schema.ts";

/** The references of one scope. Their values are blobs, which two kinds with the same content share. */
export function createReferenceStore(database: StateDatabase, scope: ScopeKey, blobs: BlobStore): ReferenceStore {
  return {
    create: async (reference) => {
      const encoded = await encodeReference(scope, reference);
      return await database.write((tx) => createReference({ tx, scope, locksRows: database.locksRows }, encoded));
    },
    get: async (handle) => {
      const row = await database.read((db) => findReference(db, scope, handle));
      return row === undefined ? null : referenceRecord(row);
    },
    value: async (handle) => {
      const row = await database.read((db) => findReference(db, scope, handle));
      if (row === undefined) throw missingReference(handle);
      const { contentHash: hash, expiresAt } = referenceRecord(row);
      if (isPast(expiresAt) && !(await database.read((db) => hasPins(db, scope, hash)))) throw expiredReference(handle);
      const content = await blobs.get(hash).catch((error: unknown) => {
        throw referenceError(handle, error);
      });
      // The content has the hash of what was stringified here, so it is JSON; looking through a million ids again would be slow.
      return JSON.parse(Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString()) as Json;
    },
    heldBy: async (handle, limit) => {
      const row = await database.read((db) => findReference(db, scope, handle));
      return row === undefined ? [] : database.read((db) => plansHolding(db, scope, { hash: row.hash, limit }));
    },
    kinds: (limit) => database.read((db) => referenceKinds(db, scope, limit)),
  };
}

const LAST_TIME = Date.UTC(9999, 11, 31);

interface EncodedReference {
  readonly row: ReferenceRow;
  readonly value: NewBlob;
}

async function encodeReference(scope: ScopeKey, reference: NewReference): Promise<EncodedReference> {
  const { kind, value, glimpse, ttlMs } = reference;
  const content = Buffer.from(stableJson(value));
  const hash = contentHash(content);
  const now = Date.now();
  const row: ReferenceRow = {
    ...scope,
    ref_id: `ref_${contentHash(kind + hash).slice(0, 24)}`,
    kind: JSON.stringify(kind),
    hash,
    glimpse: JSON.stringify(glimpse),
    bytes: content.byteLength,
    created_at: new Date(now).toISOString(),
    expires_at: expiryOf(now, ttlMs),
  };
  return { row, value: { hash, encoded: await encodeBlob(content), expiresAt: row.expires_at } };
}

/** Times are compared as text, so one past the year 9999 is for ever. */
function expiryOf(now: number, ttlMs: number | null): string | null {
  const expiresAt = ttlMs === null ? Infinity : now + ttlMs;
  return expiresAt > LAST_TIME ? null : new Date(expiresAt).toISOString();
}

/** The value goes first: who finds the reference finds the value. */
async function createReference(
  { tx, scope }: ScopedTransaction,
  { row, value }: EncodedReference,
): Promise<ReferenceRecord> {
  await insertBlobs(tx, scope, [value]);
  const stored = await tx
    .insertInto("refs")
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(["tenant", "workspace", "ref_id"]).doUpdateSet((is) => ({
        expires_at: is
          .case()
          .when(is.or([is("refs.expires_at", "is", null), is("refs.expires_at", ">", is.ref("excluded.expires_at"))]))
          .then(is.ref("refs.expires_at"))
          .else(is.ref("excluded.expires_at"))
          .end(),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return referenceRecord(stored);
}

function referenceError(handle: ReferenceHandle, error: unknown): unknown {
  if (!(error instanceof StateError)) return error;
  if (error.code === "BLOB_MISSING") return missingReference(handle);
  if (error.code !== "BLOB_CORRUPT") return error;
  return new StateError(
    "REFERENCE_CORRUPT",
    `the value of reference ${handle.id} no longer has the content of its hash`,
    {
      hint: "restore the store from a backup, or run what produced the value again in a new store",
      cause: error,
    },
  );
}
