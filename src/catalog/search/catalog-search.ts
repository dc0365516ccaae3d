import { ItemType, type CatalogScope } from "../../protocol/catalog.ts";
import { CATALOG_HITS, MAX_CATALOG_HITS } from "../../protocol/limits/catalog.ts";
import type { CatalogStore } from "../port.ts";
import { followIndex } from "./follow-index.ts";
import type { IndexConnection } from "./index-connection.ts";
import { IndexFile, missingIndex, staleIndex } from "./index-file.ts";
import { INDEX_FORMAT, readHead } from "./index-head.ts";
import { IndexView } from "./index-view.ts";
import { typeMask } from "./lanes.ts";
import { queryWords } from "./query-words.ts";
import { type RankedDocument, rankDocuments } from "./rank-documents.ts";
import { type RebuildCounts, rebuildIndex } from "./rebuild-index.ts";
import { type CatalogHit, type HitSource, readHit } from "./search-hit.ts";
import { sharedRun } from "./shared-run.ts";
import { wordPlaces } from "./word-places.ts";
import { Words } from "./words.ts";

/** Finds entries of one scope's catalog through its index file, and keeps that file. */
export interface CatalogSearch {
  /** Fails with INDEX_MISSING, INDEX_STALE or INDEX_CORRUPT rather than answer from anything but a current index. */
  search(query: string, options?: SearchOptions): Promise<readonly CatalogHit[]>;
  /** Builds the index anew while the old one serves. */
  rebuild(): Promise<RebuildCounts>;
  /** Brings the index up to the catalog's revision after a write. */
  follow(): Promise<void>;
  close(): void;
}

/** What a search is narrowed by. */
export interface SearchOptions {
  readonly limit?: number;
  /** Everything but columns when left out. */
  readonly itemTypes?: readonly ItemType[];
}

/** Opens the search of a scope over its store; the file at `path` is looked at with the first search. */
export function openCatalogSearch(path: string, store: CatalogStore, scope: CatalogScope): CatalogSearch {
  const source = { file: new IndexFile(path), store, scope, words: new Words() };
  let view: IndexView | null = null;

  const currentView = (connection: IndexConnection, revision: string): IndexView => {
    const head = readHead(connection, scope);
    if (head === null) throw missingIndex(source.file.path);
    if (head.format !== INDEX_FORMAT)
      throw staleIndex(source.file.path, `expected format ${INDEX_FORMAT}, found ${head.format}`);
    if (head.revision !== revision) throw staleIndex(source.file.path, "the catalog was written after it was built");
    if (view === null || view.connection !== connection || view.head.version !== head.version)
      view = new IndexView(connection, head);
    return view;
  };

  const search = (query: string, options: SearchOptions, revision: string): readonly CatalogHit[] => {
    const connection = source.file.open();
    // One transaction, so that no statement sees another generation than the one before.
    return source.file.explained(() =>
      connection.transaction(() => find(currentView(connection, revision), query, options)),
    );
  };

  const find = (current: IndexView, query: string, options: SearchOptions): readonly CatalogHit[] => {
    const limit = Math.max(1, Math.min(Math.floor(options.limit ?? CATALOG_HITS), MAX_CATALOG_HITS));
    const itemTypes = options.itemTypes ?? DEFAULT_TYPES;
    const found = [false, true].flatMap((isColumns) => {
      const wanted = itemTypes.filter((itemType) => (itemType === "column") === isColumns);
      if (wanted.length === 0) return [];
      const asked = queryWords(query, current, { words: source.words, isColumns });
      const ranked = rankDocuments(current, asked, { isColumns, types: typeMask(withChunks(wanted)) });
      const best = ranked.slice(0, limit * CHUNKS_PER_DOCUMENT);
      const places = wordPlaces(
        current,
        asked,
        best.map(({ ordinal }) => ordinal),
      );
      return showHits({ view: current, words: source.words, asked, places }, best, limit);
    });
    return found.sort((a, b) => b.score - a.score).slice(0, limit);
  };

  const follow = sharedRun(() => followIndex(source));
  const rebuild = async (): Promise<RebuildCounts> => {
    const counts = await rebuildIndex(source);
    // What was written meanwhile went to the index that served until now.
    await follow();
    return counts;
  };

  return {
    search: async (query, options = {}) => search(query, options, await store.revision()),
    rebuild,
    follow,
    close: () => source.file.close(),
  };
}

const DEFAULT_TYPES: readonly ItemType[] = ItemType.options.filter((itemType) => itemType !== "column");

/** Whoever asks for documents also asks for their pieces. */
function withChunks(itemTypes: readonly ItemType[]): readonly ItemType[] {
  return itemTypes.includes("document") ? [...itemTypes, "chunk"] : itemTypes;
}

/** So many results may be chunks of one document and still leave a full page. */
const CHUNKS_PER_DOCUMENT = 4;

function showHits(source: HitSource, ranked: readonly RankedDocument[], limit: number): readonly CatalogHit[] {
  const hits = new Map<string, CatalogHit>();
  for (const document of ranked) {
    if (hits.size >= limit) break;
    const hit = readHit(source, document);
    if (hit === null) continue;
    const { parent, ...shown } = hit;
    const folded = shown.itemType === "chunk" && parent !== "" ? asDocument(source, parent, shown) : shown;
    if (!hits.has(folded.id)) hits.set(folded.id, folded);
  }
  return [...hits.values()];
}

/** A chunk is shown as the document it belongs to, with the piece that was found. */
function asDocument({ view }: HitSource, id: string, chunk: CatalogHit): CatalogHit {
  const row = view.connection
    .statement("select name, qualified_name from documents where generation = ? and id = ?")
    // The columns are those of the schema in index-file.ts.
    .get(view.head.generation, id) as { readonly name: string; readonly qualified_name: string } | undefined;
  if (row === undefined) return chunk;
  return { ...chunk, id, itemType: "document", name: row.name, qualifiedName: row.qualified_name };
}
