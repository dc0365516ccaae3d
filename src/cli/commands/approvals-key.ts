import { ensureKeyPair } from "../../runtime/approvals/key-file.ts";
import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { keyFileOf } from "../open/approval-options.ts";
import { createHome, projectOf } from "../open/project.ts";
import { SETTINGS } from "../settings/settings.ts";

/** `bridle approvals key`: the public half of the key that answers are signed with. */
export const APPROVALS_KEY: CommandSpec = {
  name: "approvals key",
  summary: "print the public key that workers on other machines need; makes the key when there is none",
  settings: [SETTINGS.approvalKeyFile, SETTINGS.dataDir],
  examples: [
    "bridle approvals key",
    'BRIDLE_APPROVAL_PUBLIC_KEYS="$(bridle approvals key)" bridle worker --app ./app.ts',
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const file = keyFileOf(call);
  createHome(projectOf(call).home);
  const { text, fingerprint } = ensureKeyPair(file);
  call.output.result({ publicKey: text, fingerprint, keyFile: file }, text);
  call.output.hint(`fingerprint ${fingerprint}; the private half stays in ${file}`);
  return EXIT.ok;
}
