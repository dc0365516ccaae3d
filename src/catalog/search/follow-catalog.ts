import type { DataEnvironment } from "../../data/data-environment.ts";
import type { CatalogScope } from "../../protocol/catalog.ts";
import type { CatalogStore } from "../port.ts";
import { openCatalogSearch } from "./catalog-search.ts";

/** Brings the search index up to the catalog where the data environment says `write_through`; elsewhere it is left as it is. */
export async function followCatalog(
  { catalogSearch }: DataEnvironment,
  catalog: CatalogStore,
  scope: CatalogScope,
): Promise<void> {
  if (catalogSearch?.writeThrough !== true) return;
  const search = openCatalogSearch(catalogSearch.indexPath, catalog, scope);
  try {
    await search.follow();
  } finally {
    search.close();
  }
}
