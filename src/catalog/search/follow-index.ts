import { BridleError } from "../../protocol/errors.ts";
import { type IndexChange, readIndexChange } from "./index-change.ts";
import { Generation } from "./generation.ts";
import { INDEX_FORMAT, type IndexHead, moveHead, readHead } from "./index-head.ts";
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
    const changed = head === null ? null : await source.store.changedSince(head.revision, MAX_CHANGES);
    if (head === null || changed === null) break;
    const change = await readIndexChange(source, head.generation, changed);
    if (writeChange(source, head, { ...change, revision })) return;
  }
  await rebuildIndex(source);
}

/** More changes than this are written faster by building anew. */
const MAX_CHANGES = 2_000;
/** Another process may write the index in between. */
const ATTEMPTS = 5;

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

/** False when another process wrote meanwhile, so that nothing was written. */
function writeChange(
  { file, scope }: IndexSource,
  head: IndexHead,
  { gone, documents, links, revision }: IndexChange & { readonly revision: string },
): boolean {
  const connection = file.open();
  const write = (): boolean => {
    if (readHead(connection, scope)?.version !== head.version) return false;
    const generation = new Generation({ connection, number: head.generation, isNew: false }, head.means);
    for (const id of gone) generation.remove(id);
    for (const document of documents) generation.put(document);
    for (const [id, targets] of links) generation.declareLinks(id, targets);
    for (const _ of generation.flush()) continue;
    moveHead(connection, scope, revision);
    return true;
  };
  return file.explained(() => connection.writeTransaction(write));
}
