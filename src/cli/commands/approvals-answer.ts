import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { ApprovalResponse, ApprovalResult } from "../../runtime/respond-to-approval.ts";
import type { Session } from "../../runtime/session.ts";
import { decider, signingKeyOf } from "../approvals.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { OpenScope } from "../open-scope.ts";
import { PLACE_SETTINGS, SCOPE_SETTINGS, SETTINGS } from "../settings.ts";

/** `bridle approvals approve`: lets a plan or a tool call go on. */
export const APPROVALS_APPROVE: CommandSpec = answering("approve", "approve what waits");
/** `bridle approvals reject`: closes a plan, or refuses a tool call. */
export const APPROVALS_REJECT: CommandSpec = answering("reject", "reject what waits");
/** `bridle approvals revise`: sends a plan back to its author with a note. */
export const APPROVALS_REVISE: CommandSpec = answering("revise", "send a plan back with a note");

type Decision = "approve" | "reject" | "revise";

function answering(decision: Decision, summary: string): CommandSpec {
  return {
    name: `approvals ${decision}`,
    summary,
    argument: { name: "id", description: "the plan, or the gate of a tool call" },
    settings: [
      SETTINGS.by,
      SETTINGS.note,
      SETTINGS.planHash,
      SETTINGS.decisionId,
      SETTINGS.approvalKeyFile,
      ...SCOPE_SETTINGS,
      ...PLACE_SETTINGS,
    ],
    examples: [
      `bridle approvals ${decision} restock-42 --by ann${decision === "revise" ? ' --note "half as many"' : ""}`,
    ],
    run: (call) => answer(call, decision),
  };
}

async function answer(call: CommandCall, decision: Decision): Promise<ExitCode> {
  const { withScope } = await import("../open-scope.ts");
  const response = withoutUndefined({
    decision,
    by: decider(call),
    note: valueOf(call, SETTINGS.note),
    contentHash: valueOf(call, SETTINGS.planHash),
    decisionId: valueOf(call, SETTINGS.decisionId),
    channel: "cli",
  });
  return tell(call, await withScope(call, (open) => respond(call, open, response)));
}

/** The server is asked for only when something may still wait. */
async function respond(
  call: CommandCall,
  { store, scope }: OpenScope,
  response: ApprovalResponse,
): Promise<ApprovalResult> {
  const [{ respondToApproval }, { openSession }, { sessionOptions }] = await Promise.all([
    import("../../runtime/respond-to-approval.ts"),
    import("../../runtime/session.ts"),
    import("../project.ts"),
  ]);
  let session: Session | undefined;
  const open = async (): Promise<Session> => {
    session = await openSession(sessionOptions(call, { hosted: [], startServer: false }));
    return session;
  };
  try {
    return await respondToApproval(store, open, {
      id: call.argument,
      response,
      approver: { ...scope, signingKey: signingKeyOf(call) },
    });
  } finally {
    await session?.close();
  }
}

function tell({ output, argument }: CommandCall, result: ApprovalResult): ExitCode {
  switch (result.kind) {
    case "counted": {
      const more = result.waitsForMore ? "; it waits for more people" : "";
      output.result({ result }, `${argument} is ${result.status}${more} (decision ${result.decisionId})`);
      return EXIT.ok;
    }
    case "recorded":
      output.result({ result }, `recorded as ${result.decisionId}`);
      output.warning("No worker answered; the next one judges it. `bridle approvals show` tells what came of it.");
      return EXIT.ok;
    case "refused":
      output.result({ result }, "");
      output.failed({ code: result.code, message: result.message });
      return EXIT.failed;
  }
}
