import type { ProfileEvent } from "../../catalog/profile/profile-run.ts";
import type { ProfileSummary } from "../../catalog/profile/run-profile.ts";
import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { DataScope } from "../open/open-data.ts";
import { countOf } from "../output/count-of.ts";
import { printable } from "../output/printable.ts";
import { PROFILE_SETTINGS, PROFILE_SWITCHES, profileRequest } from "../settings/profile-options.ts";
import { tellStale } from "../text/tell-stale.ts";

/** `bridle data profile database`: looks at a database and keeps what it found in the catalog. */
export const DATA_PROFILE_DATABASE: CommandSpec = {
  name: "data profile database",
  summary: "look at a database and keep its tables, columns and relations in the catalog",
  settings: PROFILE_SETTINGS,
  switches: PROFILE_SWITCHES,
  examples: [
    "bridle --data-environment data.json data profile database",
    "bridle --data-environment data.json data profile database --table orders --table products --no-samples",
    "bridle --data-environment data.json --output ndjson data profile database --schema-only",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { withData } = await import("../open/open-data.ts");
  return await withData(
    call,
    (data) => profile(call, data),
    "Stopped. What was written stays; the same command goes on from there.",
  );
}

async function profile(call: CommandCall, data: DataScope): Promise<ExitCode> {
  const { profileWorkspace } = await import("../../catalog/profile/profile-workspace.ts");
  const start = performance.now();
  const summary = await profileWorkspace(data, {
    ...profileRequest(call, data.stop.signal),
    onEvent: (event) => tellEvent(call, event),
  });
  tellStale(call, data, summary.entriesWritten);
  const ms = Math.round(performance.now() - start);
  call.output.result({ ...summary, ...data.scope, ms }, text(summary, ms));
  return summary.tables.failed > 0 ? EXIT.failed : EXIT.ok;
}

function tellEvent({ output }: CommandCall, event: ProfileEvent): void {
  if (event.kind === "planned") {
    for (const warning of event.warnings) output.warning(warning);
    if (event.isResumed) output.progress("a run that was cut short is taken up again");
    output.advance({ done: 0, total: event.tables, message: "tables" });
    return;
  }
  if (event.kind === "relations") {
    output.advance({ done: event.done, total: event.of, message: "references tested" });
    return;
  }
  const { kind: _, done, of, ...item } = event;
  output.item({ kind: "table", ...item });
  for (const warning of item.warnings) output.warning(`${item.schema}.${item.table}: ${warning}`);
  output.advance({ done, total: of, message: `${item.schema}.${item.table}` });
}

function text(summary: ProfileSummary, ms: number): string {
  const { tables, references } = summary;
  const told = Object.entries(tables).filter(([, count]) => count > 0);
  const lines = [
    `${summary.databaseId} (${summary.engine}): ${told.map(([name, count]) => `${count} ${name}`).join(", ") || "no tables"}`,
    `references: ${references.declared} declared, ${references.inferred} inferred of ${references.tested} tested`,
    `${countOf(summary.entriesWritten, "entry", "entries")} written in ${ms} ms`,
  ];
  return printable(lines.join("\n"));
}
