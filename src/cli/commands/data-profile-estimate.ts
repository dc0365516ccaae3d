import type { ProfileEstimate } from "../../catalog/profile/estimate-profile.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { countOf } from "../output/count-of.ts";
import { printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";
import { PROFILE_SETTINGS, PROFILE_SWITCHES, profileRequest } from "../settings/profile-options.ts";

/** `bridle data profile estimate`: what a profile would read and cost. Looks at statistics and at no table. */
export const DATA_PROFILE_ESTIMATE: CommandSpec = {
  name: "data profile estimate",
  summary: "say what a profile would read and how long it would take, without reading a table",
  settings: PROFILE_SETTINGS,
  switches: PROFILE_SWITCHES,
  examples: [
    "bridle --data-environment data.json data profile estimate",
    "bridle --data-environment data.json --json data profile estimate --table orders --exact",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { withData } = await import("../open/open-data.ts");
  const { estimateWorkspace } = await import("../../catalog/profile/profile-workspace.ts");
  return await withData(call, async (data) => {
    tell(call, await estimateWorkspace(data, profileRequest(call, data.stop.signal)));
    return EXIT.ok;
  });
}

function tell({ output }: CommandCall, estimate: ProfileEstimate): void {
  const { tables, warnings, ...rest } = estimate;
  for (const item of tables) output.item(item);
  for (const warning of warnings) output.warning(warning);
  output.result(output.mode === "ndjson" ? { ...rest } : { ...estimate }, text(estimate));
}

function text({ tables, totals }: ProfileEstimate): string {
  const rows = tables.map((one) => [
    printableLine(one.id.replace(/^table:/, "")),
    one.rows.value === null ? "?" : `${one.rows.stale ? "~" : ""}${one.rows.value}`,
    one.strategy,
    String(one.rowsToRead),
    range(one.ms),
  ]);
  const head = ["table", "rows", "strategy", "to read", "time"];
  const said = `${countOf(totals.tables, "table")}, ${countOf(totals.queries, "query", "queries")}, ${countOf(totals.rowsToRead, "row")} to read, ${range(totals.ms)}`;
  return `${table([head, ...rows])}\n${said}`;
}

function range([low, high]: readonly [number, number]): string {
  return `${formatDuration(low)} to ${formatDuration(high)}`;
}
