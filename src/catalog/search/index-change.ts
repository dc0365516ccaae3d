import type { CatalogEntry } from "../../protocol/catalog.ts";
import { ownedPrefixes } from "../owned-ids.ts";
import { gatherDocuments, linksOf } from "./gather-documents.ts";
import { IndexedIds } from "./indexed-ids.ts";
import { ReadEntries } from "./read-entries.ts";
import type { IndexSource } from "./rebuild-index.ts";
import type { SearchDocument } from "./search-document.ts";

/** What an index must write to show entries that changed. */
export interface IndexChange {
  /** Entries that are no more. */
  readonly gone: readonly string[];
  readonly documents: readonly SearchDocument[];
  /** What each table that is written joins with, as edges say. */
  readonly links: ReadonlyMap<string, readonly string[]>;
}

/** Reads what changed, every table of which a column did, and columns and chunks that were there before what they are a part of. */
export async function readIndexChange(
  { file, store, words }: IndexSource,
  generation: number,
  changed: readonly string[],
): Promise<IndexChange> {
  const index = new IndexedIds(file, generation);
  const entries = new ReadEntries(store);
  const own = await entries.read(changed);
  const ownParents = await entries.parentsOf(own);
  const tables = new Set([
    ...changed.flatMap((id) => index.tablesOf(id)),
    ...own.filter(({ itemType }) => itemType === "table").map(({ id }) => id),
    ...own.filter(({ itemType }) => itemType === "column").flatMap(({ id }) => ownParents.get(id) ?? []),
  ]);
  const parts = orphansOf(own, index);
  const around = await entries.read([...tables, ...parts, ...[...tables].flatMap((id) => index.columnsOf(id))]);
  const all = [...new Set([...around, ...own])];
  const written = new Set([...changed, ...tables, ...parts]);
  const gathered = { entries: all, parents: await entries.parentsOf(all), words };
  const links = linksOf(await store.edges([...tables]));
  const present = new Set(own.map(({ id }) => id));
  return {
    gone: changed.filter((id) => !present.has(id)),
    documents: [...gatherDocuments(gathered)].filter(({ id }) => written.has(id)),
    links: new Map([...tables].map((id) => [id, links.get(id) ?? []])),
  };
}

/** Columns of new tables and chunks of new documents that the index has already, by their ids. */
function orphansOf(entries: readonly CatalogEntry[], index: IndexedIds): readonly string[] {
  return entries
    .filter(({ id, itemType }) => (itemType === "table" || itemType === "document") && !index.has(id))
    .flatMap(({ id }) => ownedPrefixes(id))
    .flatMap((prefix) => index.orphansBelow(prefix));
}
