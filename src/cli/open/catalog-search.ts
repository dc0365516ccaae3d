import { type CatalogSearch, openCatalogSearch } from "../../catalog/search/catalog-search.ts";
import { InputError } from "../../protocol/errors.ts";
import { type DataScope, unlessStopped } from "./open-data.ts";

/** The search of a data environment's catalog and where its index is. */
export interface OpenSearch {
  readonly indexPath: string;
  readonly search: CatalogSearch;
}

/** Runs work on the search of a command's catalog and closes it; a signal cuts the work short. Makes neither a catalog nor an index. */
export async function withCatalogSearch<Result>(
  data: DataScope,
  work: (open: OpenSearch) => Promise<Result>,
): Promise<Result> {
  const { environment, scope } = data;
  const settings = environment.catalogSearch;
  if (settings === null) {
    throw new InputError(
      "CATALOG_SEARCH_MISSING",
      `${environment.source} names no search index: catalog_search is missing.`,
      {
        hint: 'Add catalog_search: {index_path: "catalog-index.db"} to the data environment.',
      },
    );
  }
  const { indexPath } = settings;
  const search = openCatalogSearch(indexPath, await unlessStopped(data, data.catalog("read")), scope);
  try {
    return await unlessStopped(data, work({ indexPath, search }));
  } finally {
    search.close();
  }
}
