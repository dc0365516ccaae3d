import { ensureKeyPair } from "../../runtime/approvals/key-file.ts";
import { parseTrustedKeys } from "../../runtime/approvals/trusted-key.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { keyFileOf } from "../open/approval-options.ts";
import { createHome, projectOf } from "../open/project.ts";
import { SETTINGS } from "../settings/settings.ts";

/** `bridle approvals key`: the public half of the key that answers are signed with. */
export const APPROVALS_KEY: CommandSpec = {
  name: "approvals key",
  summary: "print the public key that workers on other machines need; makes the key when there is none",
  settings: [SETTINGS.approvalKeyFile, SETTINGS.approvalPublicKeys, SETTINGS.dataDir],
  examples: [
    "bridle approvals key",
    'BRIDLE_APPROVAL_PUBLIC_KEYS="$(bridle approvals key)" bridle worker --app ./app.ts',
    'BRIDLE_APPROVAL_PUBLIC_KEYS="ann=$(bridle approvals key)" bridle worker --app ./app.ts',
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const file = keyFileOf(call);
  createHome(projectOf(call).home);
  const { text, fingerprint } = ensureKeyPair(file);
  const name = boundName(call, fingerprint);
  call.output.result({ publicKey: text, fingerprint, name, keyFile: file }, text);
  const bound = name === null ? "bound to nobody here" : `bound to ${JSON.stringify(name)} here`;
  call.output.hint(`fingerprint ${fingerprint}, ${bound}; the private half stays in ${file}`);
  return EXIT.ok;
}

/** For whom this key vouches by the settings of this call, as a worker with the same ones reads them. */
function boundName(call: CommandCall, fingerprint: string): string | null {
  const trusted = parseTrustedKeys(valueOf(call, SETTINGS.approvalPublicKeys) ?? []);
  return trusted.find((key) => key.fingerprint === fingerprint)?.name ?? null;
}
