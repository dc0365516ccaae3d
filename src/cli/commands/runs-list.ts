import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { RunRecord } from "../../protocol/run.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printableLine } from "../output/printable.ts";
import { tellPage } from "../output/tell-page.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle runs list`: the latest runs of a workspace. */
export const RUNS_LIST: CommandSpec = {
  name: "runs list",
  summary: "list runs, newest first",
  settings: [
    SETTINGS.status,
    SETTINGS.threadId,
    SETTINGS.limit,
    SETTINGS.afterPage,
    ...SCOPE_SETTINGS,
    SETTINGS.dataDir,
    SETTINGS.store,
  ],
  examples: [
    "bridle runs list",
    "bridle runs list --status failed --json",
    "bridle runs list --limit 100 --output ndjson",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { runSummary }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../studio/server/run-document.ts"),
  ]);
  const filter = withoutUndefined({
    status: valueOf(call, SETTINGS.status),
    threadId: valueOf(call, SETTINGS.threadId),
    limit: valueOf(call, SETTINGS.limit),
    after: valueOf(call, SETTINGS.afterPage),
  });
  const page = await withScope(call, ({ store }) => store.runs.list(filter));
  tellPage(
    call.output,
    { ...page, items: page.items.map(runSummary) },
    {
      header: ["RUN", "STATUS", "STARTED", "AGENT", "ASKED BY", "THREAD", "PROMPT"],
      rows: page.items.map(cells),
    },
  );
  return EXIT.ok;
}

function cells(run: RunRecord): readonly string[] {
  const { runId, status, createdAt, agent, requestedBy, threadId, promptPreview } = run;
  const asker = printableLine(requestedBy ?? "-");
  return [runId, status, createdAt, printableLine(agent), asker, threadId, printableLine(promptPreview.slice(0, 60))];
}
