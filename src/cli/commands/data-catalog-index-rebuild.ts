import { InputError } from "../../protocol/errors.ts";
import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { countOf } from "../output/count-of.ts";
import { DATA_SCOPE_SETTINGS } from "../settings/settings.ts";

/** `bridle data catalog index rebuild`: builds the search index of a scope's catalog anew while the old one serves. */
export const DATA_CATALOG_INDEX_REBUILD: CommandSpec = {
  name: "data catalog index rebuild",
  summary: "build the search index of the catalog anew; the old one serves until it is whole",
  settings: DATA_SCOPE_SETTINGS,
  examples: ["bridle --data-environment data.json data catalog index rebuild"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { output } = call;
  const [{ unlessStopped, withData }, { openCatalogSearch }] = await Promise.all([
    import("../open/open-data.ts"),
    import("../../catalog/search/catalog-search.ts"),
  ]);
  return await withData(call, async (data) => {
    const { environment, scope } = data;
    const settings = environment.catalogSearch;
    if (settings === null) {
      throw new InputError("CATALOG_SEARCH_MISSING", `${environment.source} names no catalog_search to build.`, {
        hint: 'Add catalog_search: {index_path: "catalog-index.db"} to the data environment.',
      });
    }
    const search = openCatalogSearch(settings.indexPath, await data.catalog("read"), scope);
    try {
      output.progress(`building ${settings.indexPath}`);
      const start = performance.now();
      // What was built when a signal comes is swept by the next build; the index that serves was not touched.
      const built = await unlessStopped(data, search.rebuild());
      const ms = Math.round(performance.now() - start);
      output.result(
        { index: settings.indexPath, ...scope, ...built, ms },
        `${settings.indexPath}: ${countOf(built.documents, "document")} in ${ms.toLocaleString("en-US")} ms`,
      );
      return EXIT.ok;
    } finally {
      search.close();
    }
  });
}
