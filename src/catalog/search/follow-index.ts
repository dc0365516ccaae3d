import type { CatalogEntry } from "../../protocol/catalog.ts";
import { gatherDocuments, linksOf, possibleParents } from "./gather-documents.ts";
import { Generation } from "./generation.ts";
import { INDEX_FORMAT, type IndexHead, moveHead, readHead } from "./index-head.ts";
import { BridleError } from "../../protocol/errors.ts";
import { type IndexSource, rebuildIndex } from "./rebuild-index.ts";
import type { SearchDocument } from "./search-document.ts";

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
    const documents = await changedDocuments(source, head, changed);
    if (await writeChange(source, { head, revision, changed, documents })) return;
  }
  await rebuildIndex(source);
}

/** More changes than this are written faster by building anew. */
const MAX_CHANGES = 2_000;
/** Another process may write the index in between. */
const ATTEMPTS = 5;

function currentHead({ file, scope }: IndexSource): IndexHead | null {
  try {
    const database = file.open();
    const head = file.explained(() => readHead(database, scope));
    return head?.format === INDEX_FORMAT ? head : null;
  } catch (error) {
    if (error instanceof BridleError && (error.code === "INDEX_MISSING" || error.code === "INDEX_CORRUPT")) return null;
    throw error;
  }
}

/** The documents to write: what changed, and every table of which a column did. */
async function changedDocuments(
  source: IndexSource,
  head: IndexHead,
  changed: readonly string[],
): Promise<readonly SearchDocument[]> {
  const { file, store } = source;
  const database = file.open();
  const pluck = (sql: string, id: string): readonly string[] =>
    // Both statements give ids.
    file.explained(() => database.prepare(sql).pluck().all(head.generation, id) as string[]);
  const own = await store.entries(changed);
  const parents = await findParents(store, own);
  const formerTables = changed.flatMap((id) =>
    pluck("select parent from documents where generation = ? and id = ? and item_type = 'column'", id),
  );
  const tables = new Set([
    ...formerTables,
    ...own.filter(({ itemType }) => itemType === "table").map(({ id }) => id),
    ...own.flatMap((entry) => (entry.itemType === "column" ? (parents.get(entry.id) ?? []) : [])),
  ]);
  const columnIds = [...tables].flatMap((id) =>
    pluck(
      "select id from documents indexed by documents_by_parent where generation = ? and parent = ? and item_type = 'column'",
      id,
    ),
  );
  const known = new Set(changed);
  const around = await store.entries([...new Set([...tables, ...columnIds])].filter((id) => !known.has(id)));
  for (const [id, parent] of await findParents(store, around)) parents.set(id, parent);
  const entries = [...around, ...own];
  const written = new Set([...changed, ...tables]);
  return [...gatherDocuments({ entries, parents, words: source.words })].filter(({ id }) => written.has(id));
}

async function findParents(
  store: IndexSource["store"],
  entries: readonly CatalogEntry[],
): Promise<Map<string, string>> {
  const possible = entries.map((entry) => [entry.id, possibleParents(entry)] as const);
  const wanted = [...new Set(possible.flatMap(([, ids]) => ids))];
  const found = new Set((await store.entries(wanted)).map(({ id }) => id));
  return new Map(
    possible.flatMap(([id, ids]) => {
      const parent = ids.find((candidate) => found.has(candidate));
      return parent === undefined ? [] : [[id, parent] as const];
    }),
  );
}

interface IndexChange {
  readonly head: IndexHead;
  readonly revision: string;
  readonly changed: readonly string[];
  readonly documents: readonly SearchDocument[];
}

/** False when another process wrote meanwhile, so that nothing was written. */
async function writeChange(source: IndexSource, { head, revision, changed, documents }: IndexChange): Promise<boolean> {
  const { file, store, scope } = source;
  const tables = documents.filter(({ itemType }) => itemType === "table").map(({ id }) => id);
  const links = linksOf(await store.edges(tables));
  const database = file.open();
  const write = database.transaction(() => {
    if (readHead(database, scope)?.version !== head.version) return false;
    const generation = new Generation({ database, number: head.generation, means: head.means, isNew: false });
    const present = new Set(documents.map(({ id }) => id));
    for (const id of changed) if (!present.has(id)) generation.remove(id);
    for (const document of documents) generation.put(document);
    for (const id of tables) {
      const targets = links.get(id);
      if (targets !== undefined) generation.link(id, new Map(targets.map((target) => [target, false])));
    }
    for (const _ of generation.flush()) continue;
    moveHead(database, scope, revision);
    return true;
  });
  return file.explained(() => write.immediate());
}
