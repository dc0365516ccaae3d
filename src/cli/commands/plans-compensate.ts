import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { Undone, UndoRequest } from "../../runtime/plans/compensate-plan.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { signingKeyOf, speaker } from "../open/approval-options.ts";
import type { OpenScope } from "../open/open-scope.ts";
import { printableLine } from "../output/printable.ts";
import { PLACE_SETTINGS, SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";
import { untilStopped } from "../stop-signal.ts";

/** `bridle plans compensate`: takes back what a plan applied before it failed. */
export const PLANS_COMPENSATE: CommandSpec = {
  name: "plans compensate",
  summary: "take back what a plan applied before it failed",
  argument: { name: "plan-id", description: "the plan that failed" },
  settings: [
    SETTINGS.by,
    SETTINGS.note,
    SETTINGS.actions,
    SETTINGS.approvalKeyFile,
    ...SCOPE_SETTINGS,
    ...PLACE_SETTINGS,
  ],
  examples: ['bridle plans compensate restock-42 --by ann --note "the shop closed"'],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { withScope } = await import("../open/open-scope.ts");
  return untilStopped(async ({ signal }) => {
    const request = withoutUndefined({
      by: speaker(call),
      note: valueOf(call, SETTINGS.note),
      actions: valueOf(call, SETTINGS.actions),
      channel: "cli",
      signal,
    });
    return tell(call, await withScope(call, (open) => compensate(call, open, request)));
  });
}

async function compensate(call: CommandCall, open: OpenScope, request: UndoRequest): Promise<Undone> {
  const [{ compensatePlan }, { findPlan }, { openSession }, { sessionOptions }] = await Promise.all([
    import("../../runtime/plans/compensate-plan.ts"),
    import("../../runtime/plans/find-plan.ts"),
    import("../../runtime/session.ts"),
    import("../open/project.ts"),
  ]);
  const { origin } = await findPlan(open, call.argument);
  const session = await openSession(sessionOptions(call, { hosted: [], startServer: false }));
  try {
    const place = { ...open, session, app: { app: origin.app } };
    const approver = { ...open.scope, signingKey: signingKeyOf(call) };
    return await compensatePlan(place, { planId: call.argument, request, approver });
  } finally {
    await session.close();
  }
}

function tell({ output, argument }: CommandCall, { undo, answer, waitsFor }: Undone): ExitCode {
  const { planId, status, result, error } = undo;
  output.result(
    { undo: { planId, status, entitiesAffected: result?.entitiesAffected ?? null }, answer, waitsFor },
    `${planId} takes back ${argument}: ${status}`,
  );
  const didNotCount = answer?.kind === "refused" && answer.code === "forbidden" && waitsFor !== null;
  if (didNotCount) output.warning(`Your approval did not count: ${answer.message}`);
  else if (answer?.kind === "refused") {
    output.failed({ code: answer.code, message: answer.message });
    return EXIT.failed;
  }
  if (answer?.kind === "recorded") output.warning("No worker answered; the next one judges the approval.");
  else if (waitsFor !== null)
    output.warning(`${planId} waits for ${whom(waitsFor)}: \`bridle approvals approve ${planId}\`.`);
  if (status !== "failed") return EXIT.ok;
  const { code, message } = error ?? { code: "ACTION_FAILED", message: "Not every action was taken back." };
  output.failed({
    code,
    message,
    hint: error?.hint ?? `\`bridle plans show ${planId} --audit\` tells what became of each action.`,
  });
  return EXIT.failed;
}

/** Whoever asked gave their approval, or may give none. */
function whom({ missing, people }: NonNullable<Undone["waitsFor"]>): string {
  if (people === null) return missing <= 1 ? "another person" : `${missing} other people`;
  const names = people.map(printableLine);
  if (names.length <= missing) return names.join(" and ");
  return missing <= 1 ? names.join(" or ") : `${missing} of ${names.join(", ")}`;
}
