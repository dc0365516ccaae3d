import { setImmediate } from "node:timers/promises";
import type { CatalogEdge, CatalogEntry, CatalogScope } from "../../protocol/catalog.ts";
import type { CatalogStore } from "../port.ts";
import { gatherDocuments, guessedKeys, linksOf, possibleParents } from "./gather-documents.ts";
import { Generation, type MeanLengths, classOf } from "./generation.ts";
import { deleteGenerations, newGeneration, showGeneration } from "./index-head.ts";
import type { IndexFile } from "./index-file.ts";
import { FIELD_COUNT } from "./ranking.ts";
import type { SearchDocument } from "./search-document.ts";
import type { Words } from "./words.ts";

/** What an index is made from and where it is kept. */
export interface IndexSource {
  readonly file: IndexFile;
  readonly store: CatalogStore;
  readonly scope: CatalogScope;
  readonly words: Words;
}

/** What a rebuild wrote. */
export interface RebuildCounts {
  readonly documents: number;
  readonly revision: string;
}

/** Writes the index anew beside the one that serves, then lets it serve. Gives way to other work between documents. */
export async function rebuildIndex(source: IndexSource): Promise<RebuildCounts> {
  const { file, store, scope, words } = source;
  const revision = await store.revision();
  const { entries, edges } = await readCatalog(store);
  const ids = new Set(entries.map(({ id }) => id));
  const parents = new Map(
    entries.flatMap((entry) => {
      const parent = possibleParents(entry).find((id) => ids.has(id));
      return parent === undefined ? [] : [[entry.id, parent] as const];
    }),
  );
  const documents: SearchDocument[] = [];
  for (const document of gatherDocuments({ entries, parents, words })) {
    documents.push(document);
    if (documents.length % STEP === 0) await setImmediate();
  }
  const means = meanLengths(documents);
  const connection = file.openOrReplace();
  const number = file.explained(() => newGeneration(connection, scope));
  const generation = new Generation({ connection, number, isNew: true }, means);
  const inSteps = async (steps: Iterable<unknown>): Promise<void> => {
    const iterator = steps[Symbol.iterator]();
    for (let isDone = false; !isDone;) {
      isDone = file.explained(() =>
        connection.transaction(() => {
          for (let step = 0; step < STEP; step++) if (iterator.next().done === true) return true;
          return false;
        }),
      );
      await setImmediate();
    }
  };
  await inSteps(written(generation, documents));
  await inSteps(linked(generation, documents, { links: linksOf(edges), words }));
  await inSteps(generation.flush());
  file.explained(() => showGeneration(connection, scope, { number, revision, means }));
  await inSteps(deleteGenerations(connection, scope));
  return { documents: documents.length, revision };
}

/** Documents, links or words that are written in one go. */
const STEP = 500;
const PAGE = 10_000;

async function readCatalog(
  store: CatalogStore,
): Promise<{ readonly entries: readonly CatalogEntry[]; readonly edges: readonly CatalogEdge[] }> {
  const entries: CatalogEntry[] = [];
  const edges: CatalogEdge[] = [];
  for (let next: string | null = ""; next !== null;) {
    const page = await store.list({ limit: PAGE, ...(next === "" ? {} : { after: next }) });
    for (const entry of page.entries) entries.push(entry);
    next = page.next;
  }
  for (let next: string | null = ""; next !== null;) {
    const page = await store.listEdges({ limit: PAGE, ...(next === "" ? {} : { after: next }) });
    for (const edge of page.edges) edges.push(edge);
    next = page.next;
  }
  return { entries, edges };
}

function* written(generation: Generation, documents: readonly SearchDocument[]): Generator<void> {
  for (const document of documents) {
    generation.put(document);
    yield;
  }
}

/** Guesses fill in only for databases that declare nothing. */
function* linked(
  generation: Generation,
  documents: readonly SearchDocument[],
  { links, words }: { readonly links: ReadonlyMap<string, readonly string[]>; readonly words: Words },
): Generator<void> {
  const tables = documents.filter(({ itemType }) => itemType === "table");
  const declared = new Set(tables.filter(({ id }) => links.has(id)).map(({ database }) => database));
  const byName = new Map(tables.map((table) => [`${table.database} ${table.names[0] ?? ""}`, table.id]));
  for (const table of tables) {
    const guesses = declared.has(table.database)
      ? []
      : guessedKeys(
          table.body.columns.map(([name]) => name),
          words,
        ).flatMap((key) => byName.get(`${table.database} ${key}`) ?? []);
    const targets = new Map([
      ...guesses.map((id) => [id, true] as const),
      ...(links.get(table.id) ?? []).map((id) => [id, false] as const),
    ]);
    targets.delete(table.id);
    generation.link(table.id, targets);
    yield;
  }
}

/** An empty catalog is taken for a usual one, so that what is written later is weighed sensibly. */
const USUAL: MeanLengths = { table: [1, 2, 20, 40, 20], column: [1, 2, 2, 8, 8], text: [1, 4, 120, 1, 1] };

function meanLengths(documents: readonly SearchDocument[]): MeanLengths {
  const mean = (kind: keyof MeanLengths): readonly number[] => {
    const own = documents.filter(({ itemType }) => classOf(itemType) === kind);
    if (own.length === 0) return USUAL[kind];
    return Array.from({ length: FIELD_COUNT }, (_, field) => {
      const total = own.reduce((sum, document) => sum + (document.fields[field]?.length ?? 0), 0);
      return Math.max(1, total / own.length);
    });
  };
  return { table: mean("table"), column: mean("column"), text: mean("text") };
}
