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
  const [{ withData }, { withCatalogSearch }] = await Promise.all([
    import("../open/open-data.ts"),
    import("../open/catalog-search.ts"),
  ]);
  return await withData(call, (data) =>
    // What was built when a signal comes is swept by the next build; the index that serves was not touched.
    withCatalogSearch(data, async ({ indexPath, search }) => {
      output.progress(`building ${indexPath}`);
      const start = performance.now();
      const built = await search.rebuild();
      const ms = Math.round(performance.now() - start);
      output.result(
        { index: indexPath, ...data.scope, ...built, ms },
        `${indexPath}: ${countOf(built.documents, "document")} in ${ms.toLocaleString("en-US")} ms`,
      );
      return EXIT.ok;
    }),
  );
}
