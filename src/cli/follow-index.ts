import type { CommandCall } from "./command.ts";
import type { DataScope } from "./open-data.ts";

/** After a command wrote entries: the search index follows where the data environment says so; elsewhere it is stale now. */
export async function followIndex(call: CommandCall, data: DataScope, written: number): Promise<void> {
  const { followCatalog } = await import("../catalog/search/follow-catalog.ts");
  await followCatalog(data.environment, await data.catalog(), data.scope);
  tellStale(call, data, written);
}

/** Says that the search index is older than the catalog now, where nothing makes it follow. */
export function tellStale(call: CommandCall, { environment: { catalogSearch } }: DataScope, written: number): void {
  if (catalogSearch === null || catalogSearch.writeThrough || written === 0) return;
  call.output.hint("The search index is older than the catalog now: `bridle data catalog index rebuild`.");
}
