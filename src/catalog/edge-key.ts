import { stableJson } from "../lib/stable-json.ts";
import type { CatalogEdge } from "../protocol/catalog.ts";
import { contentHash } from "../state/blobs/content-hash.ts";

/** What names an edge: where it starts and ends, its type and its columns. */
export function edgeKey({ from, to, type, columns }: CatalogEdge): string {
  return contentHash(stableJson([from, to, type, columns]));
}
