import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printableLine } from "../output/printable.ts";
import { tellPage } from "../output/tell-page.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle plans list`: the latest plans of a workspace. */
export const PLANS_LIST: CommandSpec = {
  name: "plans list",
  summary: "list plans, newest first",
  settings: [
    SETTINGS.planStatus,
    SETTINGS.storedBy,
    SETTINGS.limit,
    SETTINGS.afterPage,
    ...SCOPE_SETTINGS,
    SETTINGS.dataDir,
    SETTINGS.store,
  ],
  examples: ["bridle plans list", "bridle plans list --status draft --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { planSummary }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../studio/server/plan-document.ts"),
  ]);
  const filter = withoutUndefined({
    status: valueOf(call, SETTINGS.planStatus),
    runId: valueOf(call, SETTINGS.storedBy),
    limit: valueOf(call, SETTINGS.limit),
    after: valueOf(call, SETTINGS.afterPage),
  });
  const page = await withScope(call, ({ store }) => store.plans.list(filter));
  tellPage(
    call.output,
    { ...page, items: page.items.map(planSummary) },
    {
      header: ["PLAN", "STATUS", "REVISION", "STORED", "KIND", "WAITS"],
      rows: page.items.map(cells),
    },
  );
  return EXIT.ok;
}

function cells({ planId, status, revision, createdAt, spec, gate }: PlanRecord): readonly string[] {
  const waits = status === "approved" ? "for execution" : status === "draft" && gate !== null ? "for approval" : "-";
  return [planId, status, String(revision), createdAt, printableLine(spec), waits];
}
