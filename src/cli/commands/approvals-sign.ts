import { refuseWithoutNote } from "../../engine/judge-answer.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { InputError } from "../../protocol/errors.ts";
import type { Answer } from "../../protocol/gate.ts";
import { MAX_SIGNATURE_MS, PRINTED_SIGNATURE_MS } from "../../protocol/limits/gate.ts";
import type { ApprovalSubject } from "../../runtime/approvals/approval-subject.ts";
import type { SigningKey } from "../../runtime/approvals/key-file.ts";
import { type CommandCall, type CommandSpec, isOn, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { decider, keyFileOf } from "../open/approval-options.ts";
import type { OpenScope } from "../open/open-scope.ts";
import { SCOPE_SETTINGS, SETTINGS, SWITCHES } from "../settings/settings.ts";

/** `bridle approvals sign`: an answer for someone to send by hand where answers must be signed. */
export const APPROVALS_SIGN: CommandSpec = {
  name: "approvals sign",
  summary: "print a signed answer, to paste into the Temporal UI or to give to `temporal workflow signal --input`",
  argument: { name: "id", description: "the plan, or the gate of a tool call" },
  settings: [
    SETTINGS.by,
    SETTINGS.note,
    SETTINGS.planHash,
    SETTINGS.decisionId,
    SETTINGS.validFor,
    SETTINGS.approvalKeyFile,
    ...SCOPE_SETTINGS,
    SETTINGS.dataDir,
    SETTINGS.store,
  ],
  switches: [SWITCHES.approve, SWITCHES.reject, SWITCHES.revise],
  examples: [
    "bridle approvals sign restock-42 --approve --by ann",
    'temporal workflow signal --workflow-id acme/default/plan/restock-42 --name approve --input "$(bridle approvals sign restock-42 --approve)"',
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const decision = decisionOf(call);
  const validForMs = valueOf(call, SETTINGS.validFor) ?? PRINTED_SIGNATURE_MS;
  if (validForMs > MAX_SIGNATURE_MS) {
    throw new InputError("INPUT_INVALID", `--valid-for may be 720h at most; received ${validForMs / HOUR_MS}h.`);
  }
  const key = await keyOf(call);
  const { withScope } = await import("../open/open-scope.ts");
  return withScope(call, (open) => sign(call, { open, key, decision, validForMs }));
}

interface Signing {
  readonly open: OpenScope;
  readonly key: SigningKey;
  readonly decision: Decision;
  readonly validForMs: number;
}

/** Says what stands in the way instead of printing an answer that would be refused. */
async function sign(call: CommandCall, { open, key, decision, validForMs }: Signing): Promise<ExitCode> {
  const [{ findSubject }, { signAnswer }, { newId }, { parseContentHash }] = await Promise.all([
    import("../../runtime/approvals/approval-subject.ts"),
    import("../../runtime/approvals/sign-answer.ts"),
    import("../../runtime/new-id.ts"),
    import("../../runtime/parse-id.ts"),
  ]);
  const subject = await findSubject(open.store, call.argument);
  if (subject === null)
    return refuse(call, "unknown_plan", `There is no plan and no gate "${call.argument}" in this workspace.`);
  const { gateId, contentHash, workflowId } = subject;
  const given = valueOf(call, SETTINGS.planHash);
  const wanted = given === undefined ? undefined : parseContentHash(given);
  if (wanted !== undefined && wanted !== contentHash)
    return refuse(call, "plan_hash_mismatch", `The content is ${contentHash} now, and ${wanted} was looked at.`);
  if (gateId === null || !isWaiting(subject))
    return refuse(call, "closed", `Nothing waits for an answer: it is ${subject.status}.`);
  const answer: Answer = withoutUndefined({
    decision,
    decisionId: valueOf(call, SETTINGS.decisionId) ?? newId("decision"),
    gate: gateId,
    contentHash,
    by: decider(call),
    note: valueOf(call, SETTINGS.note),
  });
  const noNote = refuseWithoutNote(answer);
  if (noNote !== null) return refuse(call, noNote.code, noNote.message);
  const target = { ...open.scope, subject: subject.subject };
  const payload = signAnswer(key, answer, { target, now: new Date(), validForMs });
  call.output.result({ workflowId, signal: decision, payload }, JSON.stringify(payload));
  call.output.hint(`send it as the signal ${decision} to ${workflowId}; it counts until ${payload.signature.expires}`);
  return EXIT.ok;
}

type Decision = "approve" | "reject" | "revise";

function decisionOf(call: CommandCall): Decision {
  const [decision, ...others] = DECISIONS.filter((name) => isOn(call, SWITCHES[name]));
  if (decision !== undefined && others.length === 0) return decision;
  throw new InputError(
    "INPUT_INVALID",
    "What to sign is not clear: expected exactly one of --approve, --reject, --revise.",
  );
}

async function keyOf(call: CommandCall): Promise<SigningKey> {
  const { readSigningKey } = await import("../../runtime/approvals/key-file.ts");
  const file = keyFileOf(call);
  const key = readSigningKey(file);
  if (key !== null) return key;
  throw new InputError("INPUT_INVALID", `There is no key to sign with: expected ${file}.`, {
    hint: "Name it with --approval-key-file or --data-dir, or make one with `bridle approvals key`.",
  });
}

function isWaiting({ status }: ApprovalSubject): boolean {
  return status === "draft" || status === "open";
}

function refuse({ output }: CommandCall, code: string, message: string): ExitCode {
  output.failed({ code, message });
  return EXIT.failed;
}

const DECISIONS = ["approve", "reject", "revise"] as const satisfies readonly Decision[];
const HOUR_MS = 60 * 60 * 1000;
