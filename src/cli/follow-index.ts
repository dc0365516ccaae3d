import type { CommandCall } from "./command.ts";
import type { DataScope } from "./open-data.ts";

/** After a command wrote entries: the search index follows where the data environment says so; elsewhere it is stale now. */
export async function followIndex(call: CommandCall, data: DataScope, written: number): Promise<void> {
  const settings = data.environment.catalogSearch;
  if (settings === null) return;
  if (!settings.writeThrough) {
    if (written === 0) return;
    call.output.hint("The search index is older than the catalog now: `bridle data catalog index rebuild`.");
    return;
  }
  const { openCatalogSearch } = await import("../catalog/search/catalog-search.ts");
  const search = openCatalogSearch(settings.indexPath, await data.catalog(), data.scope);
  try {
    await search.follow();
  } finally {
    search.close();
  }
}
