import { setImmediate } from "node:timers/promises";
import { BridleError } from "../../protocol/errors.ts";
import { type IndexChange, readIndexChange } from "./index-change.ts";
import { Generation } from "./generation.ts";
import { INDEX_FORMAT, type IndexHead, moveHead, readHead } from "./index-head.ts";
import { IndexedIds } from "./indexed-ids.ts";
import { type IndexSource, rebuildIndex } from "./rebuild-index.ts";

/**
 * Brings an index up to the catalog's revision by writing what changed since its own. An index that is missing, damaged or too
 * far behind is built anew. Links that are only guessed from names wait for the next rebuild.
 */
export async function followIndex(source: IndexSource): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const head = currentHead(source);
    const revision = await source.store.revision();
    if (head?.revision === revision) return;
    const changed = head === null ? null : await changesSince(source, head);
    if (head === null || changed === null) break;
    if (await writeChanges(source, head, { changed, revision })) return;
  }
  await rebuildIndex(source);
}

/** Another process may write the index in between. */
const ATTEMPTS = 5;
/** A small catalog is followed as long as it has fewer changes than this, a large one while they are a small share of it. */
const FEW_CHANGES = 2_000;
const DOCUMENTS_PER_CHANGE = 5;
/** Entries that are written in one go, so that other work gets its turn. */
const STEP = 500;

function currentHead({ file, scope }: IndexSource): IndexHead | null {
  try {
    const connection = file.open();
    const head = file.explained(() => readHead(connection, scope));
    return head?.format === INDEX_FORMAT ? head : null;
  } catch (error) {
    if (error instanceof BridleError && (error.code === "INDEX_MISSING" || error.code === "INDEX_CORRUPT")) return null;
    throw error;
  }
}

/** The entries to write, or null when building anew is quicker. */
async function changesSince({ file, store }: IndexSource, head: IndexHead): Promise<readonly string[] | null> {
  const few = await store.changedSince(head.revision, FEW_CHANGES);
  if (few !== null) return few;
  const limit = Math.floor(new IndexedIds(file, head.generation).count() / DOCUMENTS_PER_CHANGE);
  return limit > FEW_CHANGES ? await store.changedSince(head.revision, limit) : null;
}

/**
 * Writes the changes piece by piece; the index keeps its revision until the last, so that one that was left half-way is stale and
 * followed again. False when another process wrote meanwhile, so that this one wrote no more.
 */
async function writeChanges(
  source: IndexSource,
  head: IndexHead,
  { changed, revision }: { readonly changed: readonly string[]; readonly revision: string },
): Promise<boolean> {
  for (let start = 0, version = head.version; ; start += STEP, version++) {
    const isLast = start + STEP >= changed.length;
    const change = await readIndexChange(source, head.generation, changed.slice(start, start + STEP));
    const shown = { ...head, version, revision: isLast ? revision : head.revision };
    if (!writeChange(source, shown, change)) return false;
    if (isLast) return true;
    await setImmediate();
  }
}

/** Writes one piece, unless the index has another version than the head's. */
function writeChange({ file, scope }: IndexSource, head: IndexHead, { gone, documents, links }: IndexChange): boolean {
  const connection = file.open();
  const write = (): boolean => {
    if (readHead(connection, scope)?.version !== head.version) return false;
    const generation = new Generation({ connection, number: head.generation, isNew: false }, head.means);
    for (const id of gone) generation.remove(id);
    for (const document of documents) generation.put(document);
    for (const [id, targets] of links) generation.declareLinks(id, targets);
    for (const _ of generation.flush()) continue;
    moveHead(connection, scope, head.revision);
    return true;
  };
  return file.explained(() => connection.writeTransaction(write));
}
