import { readPublicKey, readSigningKey } from "../../runtime/approvals/key-file.ts";
import { parseTrustedKeys, trustedKeyLabel } from "../../runtime/approvals/trusted-key.ts";
import { type CommandCall, valueOf } from "../command.ts";
import { keyFileOf } from "../open/approval-options.ts";
import { findLaunch } from "../open/launch-record.ts";
import { projectOf } from "../open/project.ts";
import { SETTINGS } from "../settings/settings.ts";
import { broken, type Check, fine } from "./check.ts";

/** How answers to gates are proven in this project, and with which key. */
export async function checkApprovals(call: CommandCall): Promise<Check> {
  try {
    const file = keyFileOf(call);
    const key = readSigningKey(file)?.publicKey ?? readPublicKey(file);
    const told = key === null ? `no key yet (${file} is made when one is needed)` : `key ${key.fingerprint}`;
    return fine("approvals", [await mode(call), told, ...trusted(call)].join("; "));
  } catch (error) {
    return broken("approvals", error);
  }
}

/** Who is bound to which key, for the workers that read the same settings. */
function trusted(call: CommandCall): readonly string[] {
  const given = valueOf(call, SETTINGS.approvalPublicKeys);
  return given === undefined ? [] : [`workers trust ${parseTrustedKeys(given).map(trustedKeyLabel).join(", ")}`];
}

async function mode(call: CommandCall): Promise<string> {
  const running = await findLaunch(projectOf(call).home, "dev");
  if (running?.approvals !== undefined) return `${running.approvals}, as the running dev judges`;
  return valueOf(call, SETTINGS.approvals) ?? "signed for serve and worker, open for dev on this machine";
}
