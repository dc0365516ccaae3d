import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";
import { approvalText } from "../text/approval-text.ts";

/** `bridle approvals show`: what one gate asks, and what people said. */
export const APPROVALS_SHOW: CommandSpec = {
  name: "approvals show",
  summary: "show what waits for a person, all of what it would do, and who said what",
  argument: { name: "id", description: "the plan, or the gate of a tool call" },
  settings: [...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  examples: ["bridle approvals show gate_0123456789abcdef01234567", "bridle approvals show restock-42 --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { findApproval }, { findPlan }, { readPlanCard }, { gateDetail }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../runtime/approvals/approval-inbox.ts"),
    import("../../runtime/plans/find-plan.ts"),
    import("../../runtime/plans/read-plan-card.ts"),
    import("../../studio/server/gate-document.ts"),
  ]);
  await withScope(call, async (open) => {
    const detail = await findApproval(open.store, call.argument);
    const { subject } = detail.gate;
    const card = subject.kind === "plan" ? await readPlanCard(open, await findPlan(open, subject.planId)) : null;
    const { schemaVersion: _, ...fields } = gateDetail(detail, card);
    call.output.result(fields, approvalText(detail, card));
  });
  return EXIT.ok;
}
