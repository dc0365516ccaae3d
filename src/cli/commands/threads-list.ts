import { withoutUndefined } from "../../lib/without-undefined.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { tellPage } from "../output/tell-page.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle threads list`: the conversations of a workspace. */
export const THREADS_LIST: CommandSpec = {
  name: "threads list",
  summary: "list conversations, newest first",
  settings: [SETTINGS.limit, SETTINGS.afterPage, ...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  examples: ["bridle threads list", "bridle threads list --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { withScope } = await import("../open/open-scope.ts");
  const request = withoutUndefined({
    limit: valueOf(call, SETTINGS.limit),
    after: valueOf(call, SETTINGS.afterPage),
  });
  const page = await withScope(call, ({ store }) => store.threads.list(request));
  tellPage(call.output, page, {
    header: ["THREAD", "UPDATED", "LAST RUN"],
    rows: page.items.map(({ threadId, updatedAt, lastRunId }) => [threadId, updatedAt, lastRunId ?? "-"]),
  });
  return EXIT.ok;
}
