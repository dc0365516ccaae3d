import { StateError } from "../../protocol/errors.ts";
import type { CatalogEdge, CatalogEntry } from "../../protocol/catalog.ts";
import { stableJson } from "../../lib/stable-json.ts";
import { contentHash } from "../../state/blobs/content-hash.ts";
import { checkId } from "../check-id.ts";
import { edgeKey } from "../edge-key.ts";
import type { CatalogStore, EdgePage, EntryFilter, EntryPage } from "../port.ts";
import { relatedEdges } from "../related-edges.ts";
import { catalogPageLimit } from "./page-limit.ts";

/** A catalog of fixed entries, which are those of the data environment. The last of two entries with one id counts. */
export function createEntryCatalog(given: readonly CatalogEntry[]): CatalogStore {
  for (const [index, entry] of given.entries()) checkId(entry.id, `catalog.entries[${index}].id`);
  const byId = new Map([...given].map((entry) => [entry.id, entry]));
  const entries = [...byId.values()].sort((a, b) => compareBytes(a.id, b.id));
  const edges = keyed(entries.flatMap(relatedEdges));
  const revision = contentHash(stableJson(entries));
  return {
    isWritable: false,
    revision: () => Promise.resolve(revision),
    changedSince: (from) => Promise.resolve(from === revision ? [] : null),
    upsert: () => Promise.reject(readOnly()),
    remove: () => Promise.reject(readOnly()),
    entries: (ids) => Promise.resolve(ids.flatMap((id) => byId.get(id) ?? [])),
    list: (filter) => Promise.resolve(entryPage(entries, filter)),
    edges: (ids) => {
      const asked = new Set(ids);
      return Promise.resolve(edges.filter(({ edge }) => asked.has(edge.from) || asked.has(edge.to)).map(edgeOf));
    },
    listEdges: ({ after, limit }) => Promise.resolve(edgePage(edges, after, catalogPageLimit(limit))),
    close: () => Promise.resolve(),
  };
}

interface KeyedEdge {
  readonly key: string;
  readonly edge: CatalogEdge;
}

function keyed(edges: readonly CatalogEdge[]): readonly KeyedEdge[] {
  const byKey = new Map(edges.map((edge) => [edgeKey(edge), edge]));
  return [...byKey].map(([key, edge]) => ({ key, edge })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

function edgeOf({ edge }: KeyedEdge): CatalogEdge {
  return edge;
}

function entryPage(entries: readonly CatalogEntry[], filter: EntryFilter): EntryPage {
  const { itemTypes, idPrefix = "", after } = filter;
  const limit = catalogPageLimit(filter.limit);
  const found = entries.filter(
    (entry) =>
      entry.id.startsWith(idPrefix) &&
      (itemTypes === undefined || itemTypes.includes(entry.itemType)) &&
      (after === undefined || compareBytes(entry.id, after) > 0),
  );
  const shown = found.slice(0, limit);
  return { entries: shown, next: found.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

function edgePage(edges: readonly KeyedEdge[], after: string | undefined, limit: number): EdgePage {
  const found = edges.filter(({ key }) => after === undefined || key > after);
  const shown = found.slice(0, limit);
  return { edges: shown.map(edgeOf), next: found.length > limit ? (shown.at(-1)?.key ?? null) : null };
}

/** The order of both databases: by UTF-8 bytes, which is by code points. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function readOnly(): StateError {
  return new StateError("CATALOG_READ_ONLY", "this catalog is part of the data environment and cannot be written", {
    hint: "set catalog to {kind: sqlite, url: sqlite:PATH} or {kind: postgres, url_env: NAME} to keep what is written",
  });
}
