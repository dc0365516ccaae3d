import type { CommandCall, CommandSpec } from "../command.ts";
import { isOn } from "../command.ts";
import { auditText } from "../audit-text.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { planText, undoLines } from "../plan-text.ts";
import { SCOPE_SETTINGS, SETTINGS, SWITCHES } from "../settings.ts";

/** `bridle plans show`: what a plan says and how it stands. */
export const PLANS_SHOW: CommandSpec = {
  name: "plans show",
  summary: "show what a plan says, how it stands and who decided",
  argument: { name: "plan-id", description: "the plan" },
  settings: [...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  switches: [SWITCHES.audit],
  examples: ["bridle plans show restock-42", "bridle plans show restock-42 --audit --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { findPlan }, { planLedger }, { readPlanCard }, { undosOf }, { planDocument }] =
    await Promise.all([
      import("../open-scope.ts"),
      import("../../runtime/find-plan.ts"),
      import("../../runtime/plan-ledger.ts"),
      import("../../runtime/read-plan-card.ts"),
      import("../../runtime/undos-of.ts"),
      import("../../studio/server/plan-document.ts"),
    ]);
  const audit = isOn(call, SWITCHES.audit);
  await withScope(call, async ({ scope, store }) => {
    const place = { app: scope, store };
    const plan = await findPlan(place, call.argument);
    const [card, actions, answers, undos] = await Promise.all([
      readPlanCard(place, plan),
      planLedger(place, plan),
      store.plans.decisions(plan.planId),
      undosOf(store, plan.planId),
    ]);
    const document = planDocument(plan, { actions, answers, undos, audit });
    const { schemaVersion: _, ...fields } = document;
    if (!audit) {
      const counted = answers.filter(({ refused }) => refused === null);
      call.output.result(fields, [planText(card, counted), ...undoLines(undos)].join("\n"));
      return;
    }
    const revisions = await store.plans.revisions(plan.planId);
    const audited = auditText({ revisions, decisions: answers, actions });
    const text = [planText(card, []), audited, ...undoLines(undos)].join("\n\n");
    call.output.result({ ...fields, revisions }, text);
  });
  return EXIT.ok;
}
