import { formatDuration } from "../../lib/duration.ts";
import { type CommandCall, type CommandSpec, isOn, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { OpenScope } from "../open/open-scope.ts";
import { SCOPE_SETTINGS, SETTINGS, SWITCHES } from "../settings/settings.ts";
import { untilStopped } from "../stop-signal.ts";
import { auditText } from "../text/audit-text.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { ASK_FOR_EXECUTION, planText, undoLines } from "../text/plan-text.ts";

/** `bridle plans show`: what a plan says and how it stands, now or when it has ended. */
export const PLANS_SHOW: CommandSpec = {
  name: "plans show",
  summary: "show what a plan says, how it stands and who decided",
  argument: { name: "plan-id", description: "the plan" },
  settings: [SETTINGS.wait, ...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  switches: [SWITCHES.audit],
  examples: ["bridle plans show restock-42", "bridle plans show restock-42 --wait 5m --audit --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { withScope } = await import("../open/open-scope.ts");
  const waitMs = valueOf(call, SETTINGS.wait);
  return withScope(call, async (open) => {
    if (waitMs === undefined) {
      await tell(call, open);
      return EXIT.ok;
    }
    return tellAfterWaiting(call, open, waitMs);
  });
}

async function tellAfterWaiting(call: CommandCall, open: OpenScope, waitMs: number): Promise<ExitCode> {
  const { isStill, waitForPlan } = await import("../../runtime/plans/wait-for-plan.ts");
  return untilStopped(async ({ signal }) => {
    const plan = await waitForPlan(open, call.argument, { waitMs, signal });
    await tell(call, open);
    if (await isStill(open, plan)) return EXIT.ok;
    call.output.failed({
      code: "PLAN_UNFINISHED",
      message: `Plan "${plan.planId}" has not ended within ${formatDuration(waitMs)}: it is ${plan.status}.`,
      hint: unfinishedHint(plan),
    });
    return EXIT.failed;
  });
}

function unfinishedHint({ planId, status }: Pick<PlanRecord, "planId" | "status">): string {
  if (status === "draft") return `\`bridle approvals show ${planId}\` says who must answer.`;
  if (status === "approved")
    return `${ASK_FOR_EXECUTION} Where somebody has asked, no worker may be running: \`bridle doctor\` tells.`;
  return "Is a worker running? `bridle doctor` tells; or wait longer with --wait.";
}

async function tell(call: CommandCall, open: OpenScope): Promise<void> {
  const [{ findPlan }, { planGates }, { planLedger }, { readPlanCard }, { undosOf }, { planDocument }] =
    await Promise.all([
      import("../../runtime/plans/find-plan.ts"),
      import("../../runtime/plans/plan-gates.ts"),
      import("../../runtime/plans/plan-ledger.ts"),
      import("../../runtime/plans/read-plan-card.ts"),
      import("../../runtime/plans/undos-of.ts"),
      import("../../studio/server/plan-document.ts"),
    ]);
  const { store } = open;
  const plan = await findPlan(open, call.argument);
  const [card, actions, answers, undos] = await Promise.all([
    readPlanCard(open, plan),
    planLedger(open, plan),
    store.plans.decisions(plan.planId),
    undosOf(store, plan.planId),
  ]);
  const audit = isOn(call, SWITCHES.audit)
    ? { revisions: await store.plans.revisions(plan.planId), gates: await planGates(open, plan) }
    : null;
  const { schemaVersion: _, ...fields } = planDocument(plan, { actions, answers, undos, card, audit });
  const counted = answers.filter(({ refused }) => refused === null);
  const told = { origin: plan.origin, alsoAskedBy: plan.alsoAskedBy, error: plan.error, ledger: actions };
  const text =
    audit === null
      ? [planText(card, { ...told, decisions: counted }), ...undoLines(undos)].join("\n")
      : [planText(card, told), auditText({ ...audit, plan, decisions: answers, actions }), ...undoLines(undos)].join(
          "\n\n",
        );
  call.output.result(fields, text);
}
