import type { GraphDocument } from "../../catalog/graph/graph-document.ts";
import type { WholeCatalog } from "../../catalog/read-whole-catalog.ts";
import { GRAPH_MAX_NODES, GRAPH_NODES } from "../../protocol/limits/catalog.ts";
import { type CommandCall, type CommandSpec, isOn, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { DataScope } from "../open/open-data.ts";
import { countOf } from "../output/count-of.ts";
import { OUTPUT_FILE } from "../output/write-output-file.ts";
import type { Setting, Switch } from "../settings/setting.ts";
import { wholeNumber } from "../settings/setting-kinds.ts";
import { DATA_SCOPE_SETTINGS } from "../settings/settings.ts";

const MAX_NODES = wholeNumber(
  "--max-nodes <count>",
  `show at most so many entries, the most related first (default ${GRAPH_NODES})`,
  [1, GRAPH_MAX_NODES],
);

const FORMAT: Setting<"html" | "json"> = {
  flags: "--format <format>",
  description: "html, a page to look at, or json, the same graph for programs (default html)",
  expected: "html or json",
  parse: (text) => (text === "html" || text === "json" ? text : undefined),
};

const INCLUDE_COLUMNS: Switch = { flags: "--include-columns", description: "show every column as an entry of its own" };

/** `bridle data catalog graph`: one file that shows the catalog as a graph. */
export const DATA_CATALOG_GRAPH: CommandSpec = {
  name: "data catalog graph",
  summary: "write one HTML file that shows the catalog as a graph to walk in",
  settings: [...DATA_SCOPE_SETTINGS, OUTPUT_FILE, MAX_NODES, FORMAT],
  switches: [INCLUDE_COLUMNS],
  examples: [
    "bridle --data-environment data.json data catalog graph --output-file catalog.html",
    "bridle --data-environment data.json data catalog graph --format json --max-nodes 200",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ unlessStopped, withData }, { readWholeCatalog }, { selectGraph }, { layoutGraph }] = await Promise.all([
    import("../open/open-data.ts"),
    import("../../catalog/read-whole-catalog.ts"),
    import("../../catalog/graph/select-graph.ts"),
    import("../../catalog/graph/layout-graph.ts"),
  ]);
  return await withData(call, async (data) => {
    const { signal } = data.stop;
    const read = async (): Promise<WholeCatalog> => await readWholeCatalog(await data.catalog("read"), signal);
    const selection = selectGraph({
      ...(await unlessStopped(data, read())),
      title: `${data.scope.tenantId} / ${data.scope.workspaceId}`,
      includeColumns: isOn(call, INCLUDE_COLUMNS),
      maxNodes: valueOf(call, MAX_NODES) ?? GRAPH_NODES,
    });
    call.output.progress(`placing ${selection.nodes.length} entries`);
    return await tell(call, data, await layoutGraph(selection, { signal }));
  });
}

async function tell(
  call: CommandCall,
  { scope, stop: { signal } }: DataScope,
  graph: GraphDocument,
): Promise<ExitCode> {
  const { output } = call;
  const isJson = valueOf(call, FORMAT) === "json";
  const given = valueOf(call, OUTPUT_FILE);
  if (graph.truncated) {
    output.warning(
      `${graph.nodes.length.toLocaleString("en-US")} of ${countOf(graph.totals.nodes, "entry", "entries")} are shown; --max-nodes shows more`,
    );
  }
  if (isJson && given === undefined) {
    output.result({ ...graph }, JSON.stringify(graph));
    return EXIT.ok;
  }
  const [{ writeOutputFile }, { renderGraphPage }, { readGraphPageAssets }] = await Promise.all([
    import("../output/write-output-file.ts"),
    import("../../catalog/graph/render-graph-page.ts"),
    import("../../catalog/graph/graph-page-assets.ts"),
  ]);
  const text = isJson ? `${JSON.stringify(graph)}\n` : renderGraphPage(graph, await readGraphPageAssets());
  const file = await writeOutputFile({ folder: call.folder, name: given ?? "catalog-graph.html", signal }, text);
  const counts = { nodes: graph.nodes.length, edges: graph.edges.length, totals: graph.totals };
  output.result(
    { file: file.path, bytes: file.bytes, ...counts, truncated: graph.truncated, ...scope },
    `${file.path}: ${countOf(counts.nodes, "entry", "entries")} and ${countOf(counts.edges, "relation")}`,
  );
  return EXIT.ok;
}
