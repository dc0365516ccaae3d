import type { Kysely } from "kysely";
import { StateError } from "../../protocol/errors.ts";
import type { ContentHash } from "../../protocol/ids.ts";
import { type EncodedBlob, decodeBlob, encodeBlob } from "./codec.ts";
import { contentHash } from "./content-hash.ts";
import type { ScopeKey, StateDatabase } from "../database.ts";
import type { BlobStore } from "../port.ts";
import type { StateTables } from "../schema.ts";

/** The blobs of one scope. */
export function createBlobStore(database: StateDatabase, scope: ScopeKey): BlobStore {
  const isGone = async (hash: ContentHash, expiresAt: string | null): Promise<boolean> =>
    isPast(expiresAt) && !(await database.read((db) => hasPins(db, scope, hash)));
  return {
    put: async (content, options = {}) => {
      const hash = contentHash(content);
      const expiresAt = options.ttlMs === undefined ? null : new Date(Date.now() + options.ttlMs).toISOString();
      const known = await database.read((db) => selectBlob(db, scope, hash).select("expires_at").executeTakeFirst());
      if (known !== undefined && lastsUntil(known.expires_at, expiresAt)) return hash;
      const encoded = await encodeBlob(content);
      await database.statement((db) => insertBlobs(db, scope, [{ hash, encoded, expiresAt }]));
      return hash;
    },
    get: async (hash) => {
      const row = await database.read((db) =>
        selectBlob(db, scope, hash).select(["codec", "content", "size", "expires_at"]).executeTakeFirst(),
      );
      if (row === undefined || (await isGone(hash, row.expires_at))) throw missing(hash);
      return await openBlob(hash, row);
    },
    has: async (hash) => {
      const row = await database.read((db) => selectBlob(db, scope, hash).select("expires_at").executeTakeFirst());
      return row !== undefined && !(await isGone(hash, row.expires_at));
    },
    pin: async (hash, holder) => {
      await database.write(async (tx) => {
        const query = selectBlob(tx, scope, hash).select("expires_at");
        const row = await (database.locksRows ? query.forUpdate() : query).executeTakeFirst();
        if (row === undefined) throw missing(hash);
        if (isPast(row.expires_at) && !(await hasPins(tx, scope, hash))) throw missing(hash);
        await tx
          .insertInto("blob_pins")
          .values({ ...scope, hash, holder })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
    },
    unpin: async (hash, holder) => {
      await database.statement((db) =>
        db
          .deleteFrom("blob_pins")
          .where((is) => is.and({ ...scope, hash, holder }))
          .execute(),
      );
    },
  };
}

/** A blob ready to be written; `expiresAt` null keeps it for good. */
export interface NewBlob {
  readonly hash: ContentHash;
  readonly encoded: EncodedBlob;
  readonly expiresAt: string | null;
}

/** Writes blobs that are not there yet and moves the expiry of the others to the later one. */
export async function insertBlobs(db: Kysely<StateTables>, scope: ScopeKey, blobs: readonly NewBlob[]): Promise<void> {
  const createdAt = new Date().toISOString();
  for (const { hash, encoded, expiresAt } of blobs) {
    await db
      .insertInto("blobs")
      .values({ ...scope, hash, ...encoded, created_at: createdAt, expires_at: expiresAt })
      .onConflict((conflict) =>
        conflict
          .columns(["tenant", "workspace", "hash"])
          .doUpdateSet((row) => ({ expires_at: row.ref("excluded.expires_at") }))
          .where("blobs.expires_at", "is not", null)
          .where((is) =>
            is.or([is("excluded.expires_at", "is", null), is("excluded.expires_at", ">", is.ref("blobs.expires_at"))]),
          ),
      )
      .execute();
  }
}

/** The content of a stored blob, checked against its hash. */
export async function openBlob(hash: string, blob: EncodedBlob): Promise<Uint8Array> {
  const content = await decodeBlob(blob).catch((error: unknown) => {
    throw error instanceof StateError ? error : corrupt(hash, error);
  });
  if (contentHash(content) !== hash) throw corrupt(hash);
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
}

function selectBlob(db: Kysely<StateTables>, scope: ScopeKey, hash: string) {
  return db.selectFrom("blobs").where((is) => is.and({ ...scope, hash }));
}

function lastsUntil(expiresAt: string | null, wanted: string | null): boolean {
  return expiresAt === null || (wanted !== null && expiresAt >= wanted);
}

/** Whether a time to expire has come; null never does. */
export function isPast(expiresAt: string | null): boolean {
  return expiresAt !== null && expiresAt <= new Date().toISOString();
}

/** Whether anybody holds a blob. */
export async function hasPins(db: Kysely<StateTables>, scope: ScopeKey, hash: string): Promise<boolean> {
  const pin = await db
    .selectFrom("blob_pins")
    .select("holder")
    .where((is) => is.and({ ...scope, hash }))
    .limit(1)
    .executeTakeFirst();
  return pin !== undefined;
}

function missing(hash: string): StateError {
  return new StateError(
    "BLOB_MISSING",
    `the state store has no value ${hash}: it was never written here, or it expired`,
    {
      hint: "run what produced it again; references live as long as their ttl unless something pins them",
    },
  );
}

function corrupt(hash: string, cause?: unknown): StateError {
  return new StateError("BLOB_CORRUPT", `the stored value ${hash} no longer has the content of its hash`, {
    hint: "restore the store from a backup, or run what produced it again in a new store",
    cause,
  });
}
