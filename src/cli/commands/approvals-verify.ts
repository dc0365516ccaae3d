import { type CommandCall, type CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { approvalSettings } from "../open/approval-options.ts";
import { APPROVAL_SETTINGS, SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";
import { verificationText } from "../text/verification-text.ts";

/** `bridle approvals verify`: whether the decisions on record are what people with trusted keys signed. */
export const APPROVALS_VERIFY: CommandSpec = {
  name: "approvals verify",
  summary: "check the recorded decisions on a plan or a call against the trusted keys; needs no server",
  argument: { name: "id", description: "the plan, or the gate of a tool call" },
  settings: [...APPROVAL_SETTINGS, ...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  examples: ["bridle approvals verify restock-42", "bridle approvals verify restock-42 --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { verifyApprovals }, { knownKeys }, { approvalProof }, { trustedKeyLabel }] = await Promise.all(
    [
      import("../open/open-scope.ts"),
      import("../../runtime/approvals/verify-approvals.ts"),
      import("../../runtime/approvals/approval-settings.ts"),
      import("../../runtime/approvals/approval-proof.ts"),
      import("../../runtime/approvals/trusted-key.ts"),
    ],
  );
  const settings = await approvalSettings(call, "run");
  const keys = knownKeys(settings);
  const proof = approvalProof(settings.mode, () => keys);
  const checked = await withScope(call, (open) => verifyApprovals(open, call.argument, proof));
  const wrong = checked.decisions.filter(({ verdict }) => verdict === "not-verified").length;
  const isVerified = wrong === 0 && checked.problems.length === 0;
  const trusted = keys.map(trustedKeyLabel);
  call.output.result(
    { id: call.argument, approvals: settings.mode, trustedKeys: trusted, isVerified, ...checked },
    verificationText(checked),
  );
  if (isVerified) return EXIT.ok;
  call.output.failed({
    code: "APPROVAL_UNVERIFIED",
    message: `What is on record of ${JSON.stringify(call.argument)} is not what people signed: decisions that do not verify: ${wrong}, problems: ${checked.problems.length}.`,
    hint: `Checked with ${trusted.join(", ") || "no key"}. Name every key that was trusted when they were given (--approval-public-keys), or --approvals open where none had to be signed.`,
  });
  return EXIT.failed;
}
