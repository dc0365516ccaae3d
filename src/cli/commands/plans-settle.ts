import { userInfo } from "node:os";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { InputError } from "../../protocol/errors.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printableLine } from "../printable.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings.ts";

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
  const [{ withScope }, { settlePlanAction }] = await Promise.all([
    import("../open-scope.ts"),
    import("../../runtime/settle-action.ts"),
  ]);
  const by = valueOf(call, SETTINGS.by) ?? userInfo().username;
  const finding = withoutUndefined({ as, by, note: valueOf(call, SETTINGS.note), channel: "cli" });
  const action = await withScope(call, ({ scope, store }) =>
    settlePlanAction({ app: scope, store }, { planId: call.argument, index, finding }),
  );
  call.output.result({ action }, `action ${index} of ${call.argument} is ${as}, says ${printableLine(by)}`);
  return EXIT.ok;
}

function actionIndex(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InputError(
    "INPUT_INVALID",
    `action-index must be a whole number from 0; received ${JSON.stringify(text)}.`,
  );
}
