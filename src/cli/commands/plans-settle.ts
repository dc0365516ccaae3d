import { preview } from "../../lib/cap-text.ts";
import { stableJson } from "../../lib/stable-json.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { InputError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { LINE_JSON_CHARS } from "../../protocol/limits/text.ts";
import type { ActionRecord } from "../../protocol/plan.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { speaker } from "../open/approval-options.ts";
import { printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle plans settle`: records what a person found out about an action whose outcome is unknown. */
export const PLANS_SETTLE: CommandSpec = {
  name: "plans settle",
  summary: "say what became of an action whose outcome is unknown",
  argument: { name: "plan-id", description: "the plan" },
  secondArgument: { name: "action-index", description: "the action; the first one is 0" },
  settings: [SETTINGS.as, SETTINGS.by, SETTINGS.note, ...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  examples: ['bridle plans settle restock-42 3 --as done --by ann --note "order 8841 is in the shop"'],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const index = actionIndex(call.secondArgument ?? "");
  const as = valueOf(call, SETTINGS.as);
  if (as === undefined) throw new InputError("INPUT_INVALID", "--as is missing: expected done or failed.");
  const [{ withScope }, { settlePlanAction }, { findPlan }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../runtime/plans/settle-action.ts"),
    import("../../runtime/plans/find-plan.ts"),
  ]);
  const finding = withoutUndefined({ as, by: speaker(call), note: valueOf(call, SETTINGS.note), channel: "cli" });
  await withScope(call, async (open) => {
    const { plans } = open.store;
    const { planId } = await findPlan(open, call.argument);
    const [current, ledger] = await Promise.all([plans.current(planId), plans.actions(planId)]);
    const action = await settlePlanAction(open, { planId, index, finding });
    const before = ledger.find((line) => line.index === index);
    call.output.result(
      { action },
      settledText(action, { planId, before, payload: current?.body.actions[index]?.payload }),
    );
  });
  return EXIT.ok;
}

interface Settled {
  readonly planId: string;
  /** The ledger's line as it was. */
  readonly before: ActionRecord | undefined;
  readonly payload: JsonObject | undefined;
}

/** What it was and what it is, so that a person sees at once which action was meant: settling is final. */
function settledText(action: ActionRecord, { planId, before, payload }: Settled): string {
  const { index, kind, state, settlement } = action;
  const says = [`says ${settlement?.by ?? ""}`, ...(settlement?.note == null ? [] : [settlement.note])].join(": ");
  const what = payload === undefined ? "" : ` ${preview(stableJson(payload), LINE_JSON_CHARS)}`;
  const rows = [
    ["before", before?.state ?? "", printableLine(before?.error?.message ?? before?.summary ?? "")],
    ["after", state, printableLine(says)],
  ];
  return `${printableLine(`action ${index} of ${planId}: ${kind}${what}`)}\n${table(rows)}`;
}

function actionIndex(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InputError(
    "INPUT_INVALID",
    `action-index must be a whole number from 0; received ${JSON.stringify(text)}.`,
  );
}
