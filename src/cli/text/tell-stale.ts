import type { CommandCall } from "../command.ts";
import type { DataScope } from "../open/open-data.ts";

/** Says that the search index is older than the catalog now, where nothing makes it follow. */
export function tellStale(call: CommandCall, { environment: { catalogSearch } }: DataScope, written: number): void {
  if (catalogSearch === null || catalogSearch.writeThrough || written === 0) return;
  call.output.hint("The search index is older than the catalog now: `bridle data catalog index rebuild`.");
}
