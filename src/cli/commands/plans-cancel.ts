import { formatDuration } from "../../lib/duration.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { PLAN_CANCEL_WAIT_MS } from "../../protocol/limits/plan.ts";
import type { CancelRequest, PlanCancelled } from "../../runtime/plans/cancel-plan.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { speaker } from "../open/approval-options.ts";
import type { OpenScope } from "../open/open-scope.ts";
import { PLACE_SETTINGS, SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";
import { untilStopped } from "../stop-signal.ts";
import { cancelText } from "../text/cancel-text.ts";

/** `bridle plans cancel`: stops a plan that waits or is being applied. */
export const PLANS_CANCEL: CommandSpec = {
  name: "plans cancel",
  summary: "stop a plan; an action under way comes to its end, the rest is not begun",
  argument: { name: "plan-id", description: "the plan" },
  settings: [SETTINGS.by, SETTINGS.note, SETTINGS.wait, ...SCOPE_SETTINGS, ...PLACE_SETTINGS],
  examples: ['bridle plans cancel restock-42 --by ann --note "the supplier closed"'],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { withScope } = await import("../open/open-scope.ts");
  const waitMs = valueOf(call, SETTINGS.wait) ?? PLAN_CANCEL_WAIT_MS;
  return untilStopped(async ({ signal }) => {
    const note = valueOf(call, SETTINGS.note);
    const request = withoutUndefined({ by: speaker(call), note, channel: "cli", waitMs, signal });
    const { cancelDocument } = await import("../../studio/server/plan-document.ts");
    const cancelled = await withScope(call, (open) => cancel(call, open, request));
    const { schemaVersion: _, ...document } = cancelDocument(cancelled);
    call.output.result(document, cancelText(cancelled));
    return cancelled.kind === "asked" ? tellUnfinished(call, cancelled, waitMs) : EXIT.ok;
  });
}

/** A plan that has ended is left alone, so telling so needs no server. */
async function cancel(call: CommandCall, open: OpenScope, request: CancelRequest): Promise<PlanCancelled> {
  const [{ cancelPlan, stoppedPlan }, { findPlan }, { isFinalStatus }, { withServer }] = await Promise.all([
    import("../../runtime/plans/cancel-plan.ts"),
    import("../../runtime/plans/find-plan.ts"),
    import("../../engine/stands-still.ts"),
    import("../open/open-server.ts"),
  ]);
  const plan = await findPlan(open, call.argument);
  if (isFinalStatus(plan.status)) return stoppedPlan(open, plan, { wasFinal: true });
  const { planId, origin } = plan;
  return withServer(call, open, (place) => cancelPlan({ ...place, app: { app: origin.app } }, { planId, request }));
}

function tellUnfinished({ output }: CommandCall, { plan }: PlanCancelled, waitMs: number): ExitCode {
  const { planId, status } = plan;
  output.failed({
    code: "PLAN_UNFINISHED",
    message: `Plan "${planId}" has not ended within ${formatDuration(waitMs)}: it is ${status}. It was asked to stop.`,
    hint: `\`bridle plans show ${planId} --wait 5m\` waits on; \`bridle doctor\` tells whether a worker is running.`,
  });
  return EXIT.failed;
}
