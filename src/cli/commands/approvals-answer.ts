import { withoutUndefined } from "../../lib/without-undefined.ts";
import { InputError } from "../../protocol/errors.ts";
import type { RefusalCode } from "../../protocol/gate.ts";
import { PlanId } from "../../protocol/plan.ts";
import type { ApprovalResponse, ApprovalResult } from "../../runtime/approvals/respond-to-approval.ts";
import type { Session } from "../../runtime/session.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { decider, signingKeyOf } from "../open/approval-options.ts";
import type { OpenScope } from "../open/open-scope.ts";
import { PLACE_SETTINGS, SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";
import { ASK_FOR_EXECUTION } from "../text/plan-text.ts";

/** `bridle approvals approve`: lets a plan or a tool call go on. */
export const APPROVALS_APPROVE: CommandSpec = answering("approve", "approve what waits");
/** `bridle approvals reject`: closes a plan, or refuses a tool call. */
export const APPROVALS_REJECT: CommandSpec = answering("reject", "reject what waits");
/** `bridle approvals revise`: sends a plan back to its author with a note. */
export const APPROVALS_REVISE: CommandSpec = answering(
  "revise",
  "send a plan or a call back with a note that says what to change",
);

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
  const { withScope } = await import("../open/open-scope.ts");
  const response = withoutUndefined({
    decision,
    by: decider(call),
    note: valueOf(call, SETTINGS.note),
    contentHash: valueOf(call, SETTINGS.planHash),
    decisionId: valueOf(call, SETTINGS.decisionId),
    channel: "cli",
  });
  return withScope(call, async (open) => tell(call, open, { decision, result: await respond(call, open, response) }));
}

/** The server is asked for only when something may still wait. */
async function respond(
  call: CommandCall,
  { store, scope }: OpenScope,
  response: ApprovalResponse,
): Promise<ApprovalResult> {
  const [{ respondToApproval }, { openSession }, { sessionOptions }] = await Promise.all([
    import("../../runtime/approvals/respond-to-approval.ts"),
    import("../../runtime/session.ts"),
    import("../open/project.ts"),
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

interface Answered {
  readonly decision: Decision;
  readonly result: ApprovalResult;
}

async function tell(
  { output, argument }: CommandCall,
  { store }: OpenScope,
  { decision, result }: Answered,
): Promise<ExitCode> {
  switch (result.kind) {
    case "counted": {
      const became = decision === "revise" ? "was sent back" : `is ${result.status}`;
      const more = result.waitsForMore ? `; ${await tellProgress(store, argument)}` : "";
      output.result({ result }, `${argument} ${became}${more} (decision ${result.decisionId})`);
      if (result.isExecutionAsked === false)
        output.warning(`Nobody has asked for its execution yet. ${ASK_FOR_EXECUTION}`);
      return EXIT.ok;
    }
    case "recorded":
      output.result({ result }, `recorded as ${result.decisionId}`);
      output.warning("No worker answered; the next one judges it. `bridle approvals show` tells what came of it.");
      return EXIT.ok;
    case "refused":
      output.result({ result }, "");
      output.failed({ code: result.code, message: result.message, hint: await hintOf(store, argument, result.code) });
      return EXIT.failed;
  }
}

/** Someone who rejects what was approved wants to stop it; a draft that nothing waits for has lost its workflow. */
async function hintOf({ plans }: OpenScope["store"], id: string, code: RefusalCode): Promise<string | undefined> {
  const planId = PlanId.safeParse(id);
  const mayBeOpen = code === "already_decided" || code === "closed";
  const plan = mayBeOpen && planId.success ? await plans.get(planId.data) : null;
  if (code === "closed" && plan?.status === "draft") return lostHint(id);
  const mayBeStopped = plan?.status === "approved" || plan?.status === "executing";
  return mayBeStopped ? `\`bridle plans cancel ${id} --by NAME\` stops it.` : HINTS[code];
}

function lostHint(id: string): string {
  const audit = `\`bridle plans show ${id} --audit\` says what it holds`;
  return `\`bridle plans cancel ${id} --by NAME\` closes it; asked for again (\`executePlan\` of an executor), its gate opens anew. ${audit}.`;
}

/** Who else must approve, as the store has it now: somebody may have answered in between. */
async function tellProgress(store: OpenScope["store"], id: string): Promise<string> {
  const [{ findApproval }, { gateProgress }, { progressText }] = await Promise.all([
    import("../../runtime/approvals/approval-inbox.ts"),
    import("../../engine/gate-progress.ts"),
    import("../text/gate-lines.ts"),
  ]);
  try {
    const { gate, decisions } = await findApproval(store, id);
    return progressText(gateProgress(gate, decisions));
  } catch (error) {
    if (error instanceof InputError && error.code === "GATE_UNKNOWN") return "it waited for more people";
    throw error;
  }
}

const HINTS: { readonly [Code in RefusalCode]?: string } = {
  unknown_plan: "`bridle approvals list` shows what waits here; --workspace and --tenant choose another place.",
  plan_hash_mismatch: "`bridle approvals show` shows what waits now.",
  note_missing: "Say it with --note TEXT.",
  unsigned: "Answer with the key of this project: --data-dir or --approval-key-file names it.",
};
