import { join } from "node:path";
import { InputError } from "../../protocol/errors.ts";
import type { ApprovalProof } from "../../specs/hosted-app.ts";
import { approvalProof } from "./approval-proof.ts";
import { ensureKeyPair, readPublicKey } from "./key-file.ts";
import { parsePublicKey, type PublicKey } from "./public-key.ts";

/** How a process proves and signs answers to gates. */
export interface ApprovalSettings {
  readonly mode: ApprovalProof["mode"];
  /** The operator's key; its public half lies beside it. */
  readonly keyFile: string;
  /** The keys that a worker trusts, as text; that of `keyFile` unless said. */
  readonly publicKeys?: readonly string[];
}

/** Where a project's key is unless someone says otherwise. */
export function defaultKeyFile(home: string): string {
  return join(home, "approval-key");
}

/**
 * The keys that a worker trusts. In signed mode a project without a key gets one, and its worker reads the public half only; in open
 * mode nothing is made.
 */
export function trustedKeys({ mode, keyFile, publicKeys }: ApprovalSettings): readonly PublicKey[] {
  if (publicKeys !== undefined) return publicKeys.map(namedKey);
  if (mode === "signed") return [ensureKeyPair(keyFile)];
  const own = readPublicKey(keyFile);
  return own === null ? [] : [own];
}

/** What a worker checks answers with. */
export function proofOf(settings: ApprovalSettings): ApprovalProof {
  return approvalProof(settings.mode, () => trustedKeys(settings));
}

function namedKey(text: string): PublicKey {
  const key = parsePublicKey(text);
  if (key !== null) return key;
  throw new InputError(
    "INPUT_INVALID",
    `A trusted public key is none: expected ed25519:…, received ${JSON.stringify(text)}.`,
    {
      hint: "`bridle approvals key` prints it on the machine that signs.",
    },
  );
}
