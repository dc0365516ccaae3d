import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { GateDocument } from "../../studio/server/gate-document.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printableLine } from "../output/printable.ts";
import { tellPage } from "../output/tell-page.ts";
import { requesterText } from "../text/gate-lines.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle approvals list`: everything that waits for a person. */
export const APPROVALS_LIST: CommandSpec = {
  name: "approvals list",
  summary: "list what waits for a person, oldest first",
  settings: [SETTINGS.limit, SETTINGS.afterPage, ...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  examples: ["bridle approvals list", "bridle approvals list --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { listApprovals }, { gateDocument }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../runtime/approvals/approval-inbox.ts"),
    import("../../studio/server/gate-document.ts"),
  ]);
  const request = withoutUndefined({ limit: valueOf(call, SETTINGS.limit), after: valueOf(call, SETTINGS.afterPage) });
  const page = await withScope(call, ({ store }) => listApprovals(store, request));
  const items = page.items.map(gateDocument);
  tellPage(call.output, { ...page, items }, { header: HEADER, rows: items.map(cells) });
  return EXIT.ok;
}

const HEADER = ["ID", "KIND", "TOOL", "SINCE", "UNTIL", "ASKED BY", "REFUSED ANSWERS", "RUN"];

function cells(item: GateDocument): readonly string[] {
  const { id, kind, tool, openedAt, deadline, runId, refusedCount } = item;
  return [
    id,
    kind,
    printableLine(tool ?? "-"),
    openedAt,
    deadline ?? "-",
    requesterText(item),
    String(refusedCount),
    printableLine(runId ?? "-"),
  ];
}
