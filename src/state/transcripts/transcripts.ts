import { type Kysely, sql } from "kysely";
import * as z from "zod";
import { StateError } from "../../protocol/errors.ts";
import { ContentHash } from "../../protocol/ids.ts";
import { INLINE_MESSAGE_BYTES } from "../../protocol/limits/store.ts";
import { Message } from "../../protocol/message.ts";
import { type NewBlob, insertBlobs, openBlob } from "../blobs/blobs.ts";
import { encodeBlob } from "../blobs/codec.ts";
import { contentHash } from "../blobs/content-hash.ts";
import type { ScopeKey, StateDatabase } from "../database.ts";
import type { NodeCache } from "./node-cache.ts";
import type { TranscriptNode, TranscriptStore } from "../port.ts";
import type { NodeRow, StateTables } from "../schema.ts";
import { parseStored, parseStoredJson } from "../stored-json.ts";

/** The transcripts of one scope. */
export function createTranscriptStore(database: StateDatabase, scope: ScopeKey, cache: NodeCache): TranscriptStore {
  return {
    load: async (head) => {
      const newestFirst: TranscriptNode[] = [];
      let next: ContentHash | null = head;
      for (
        let node = cache.get(scope, head);
        node !== undefined;
        node = next === null ? undefined : cache.get(scope, next)
      ) {
        newestFirst.push(node);
        next = node.parent;
      }
      if (next !== null) newestFirst.push(...(await loadChain({ database, scope, cache }, next)));
      return newestFirst.reverse();
    },
    append: async (nodes) => {
      const encoded = await encodeNodes(scope, nodes);
      await database.write((tx) => insertNodes(tx, scope, encoded));
      rememberNodes(cache, scope, encoded);
    },
  };
}

/** Nodes ready to be written, with the blobs of those too large for a row. */
export interface EncodedNodes {
  readonly rows: readonly NodeRow[];
  readonly blobs: readonly NewBlob[];
  readonly nodes: readonly TranscriptNode[];
  readonly sizes: readonly number[];
}

/**
 * Does the work that needs no transaction: serialising, hashing and compressing. Rows are in the order of their hashes, so
 * that two writers of the same rows wait for each other instead of ending in a deadlock.
 */
export async function encodeNodes(scope: ScopeKey, nodes: readonly TranscriptNode[]): Promise<EncodedNodes> {
  const rows: NodeRow[] = [];
  const blobs: NewBlob[] = [];
  const sizes: number[] = [];
  for (const { hash, parent, message } of nodes) {
    const text = JSON.stringify(message);
    const content = Buffer.from(text);
    sizes.push(content.byteLength * 2);
    if (content.byteLength <= INLINE_MESSAGE_BYTES) {
      rows.push({ ...scope, hash, parent, message: text, blob: null });
      continue;
    }
    const blob = contentHash(content);
    blobs.push({ hash: blob, encoded: await encodeBlob(content), expiresAt: null });
    rows.push({ ...scope, hash, parent, message: null, blob });
  }
  return { rows: rows.sort(byHash), blobs: blobs.sort(byHash), nodes, sizes };
}

/** Writes the nodes that are not there yet. */
export async function insertNodes(db: Kysely<StateTables>, scope: ScopeKey, encoded: EncodedNodes): Promise<void> {
  await insertBlobs(db, scope, encoded.blobs);
  for (let start = 0; start < encoded.rows.length; start += ROWS_PER_INSERT) {
    await db
      .insertInto("nodes")
      .values(encoded.rows.slice(start, start + ROWS_PER_INSERT))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Keeps freshly written nodes at hand for the next load. */
export function rememberNodes(cache: NodeCache, scope: ScopeKey, encoded: EncodedNodes): void {
  encoded.nodes.forEach((node, index) => cache.set(scope, node, encoded.sizes[index] ?? 0));
}

const ROWS_PER_INSERT = 200;

function byHash(a: { readonly hash: string }, b: { readonly hash: string }): number {
  return a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0;
}

interface Source {
  readonly database: StateDatabase;
  readonly scope: ScopeKey;
  readonly cache: NodeCache;
}

/** One query for the whole chain from `head` to its root, newest first, with the blobs of large messages. */
async function loadChain(source: Source, head: ContentHash): Promise<readonly TranscriptNode[]> {
  const rows = await source.database.read((db) => selectChain(db, source.scope, head));
  const oldest = rows.at(-1);
  if (oldest === undefined) throw missingNode(head, head);
  if (oldest.parent !== null) throw missingNode(oldest.parent, head);
  const nodes: TranscriptNode[] = [];
  for (const row of rows) {
    const text = await messageText(row);
    const message = parseStoredJson(Message, text, `message ${row.hash}`);
    const node = {
      hash: parseStored(ContentHash, row.hash, "message hash"),
      parent: parseStored(Parent, row.parent, "message parent"),
      message,
    };
    source.cache.set(source.scope, node, text.length * 2);
    nodes.push(node);
  }
  return nodes;
}

const Parent = z.nullable(ContentHash);

interface ChainRow {
  readonly hash: string;
  readonly parent: string | null;
  readonly message: string | null;
  readonly blob: string | null;
  readonly codec: string | null;
  readonly size: number | null;
  readonly content: Uint8Array | null;
}

/** The cross join keeps SQLite from walking all nodes of the scope for each step of the chain. */
async function selectChain(db: Kysely<StateTables>, scope: ScopeKey, head: string): Promise<readonly ChainRow[]> {
  return await db
    .withRecursive("chain(hash, parent, message, blob, distance)", (query) =>
      query
        .selectFrom("nodes")
        .select(["hash", "parent", "message", "blob", sql<number>`0`.as("distance")])
        .where((is) => is.and({ ...scope, hash: head }))
        .unionAll(
          query
            .selectFrom("chain")
            .crossJoin("nodes")
            .select((is) => [
              "nodes.hash",
              "nodes.parent",
              "nodes.message",
              "nodes.blob",
              is("chain.distance", "+", 1).as("distance"),
            ])
            .whereRef("nodes.hash", "=", "chain.parent")
            .where("nodes.tenant", "=", scope.tenant)
            .where("nodes.workspace", "=", scope.workspace),
        ),
    )
    .selectFrom("chain")
    .leftJoin("blobs", (join) =>
      join
        .onRef("blobs.hash", "=", "chain.blob")
        .on("blobs.tenant", "=", scope.tenant)
        .on("blobs.workspace", "=", scope.workspace),
    )
    .select(["chain.hash", "chain.parent", "chain.message", "chain.blob", "blobs.codec", "blobs.size", "blobs.content"])
    .orderBy("chain.distance")
    .execute();
}

async function messageText(row: ChainRow): Promise<string> {
  if (row.message !== null) return row.message;
  const { blob, codec, size, content } = row;
  if (blob === null || codec === null || size === null || content === null)
    throw missingNode(blob ?? row.hash, row.hash);
  return Buffer.from(await openBlob(blob, { codec, size, content })).toString();
}

function missingNode(hash: string, head: string): StateError {
  return new StateError(
    "BLOB_MISSING",
    `the conversation that ends in ${head} is not complete: the state store has no message ${hash}`,
    {
      hint: "check that this process uses the state store and workspace that the conversation was written to",
    },
  );
}
