import { join } from "node:path";
import type { ApprovalProof } from "../../specs/hosted-app.ts";
import { approvalProof } from "./approval-proof.ts";
import { ensureKeyPair, readPublicKey } from "./key-file.ts";
import { parseTrustedKeys, type TrustedKey } from "./trusted-key.ts";

/** How a process proves and signs answers to gates. */
export interface ApprovalSettings {
  readonly mode: ApprovalProof["mode"];
  /** The operator's key; its public half lies beside it. */
  readonly keyFile: string;
  /** The keys that a worker trusts, as text, with the names they are bound to; that of `keyFile` unless said. */
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
export function trustedKeys(settings: ApprovalSettings): readonly TrustedKey[] {
  const { mode, keyFile, publicKeys } = settings;
  return mode === "signed" && publicKeys === undefined ? [ensureKeyPair(keyFile)] : knownKeys(settings);
}

/** The same keys for whoever only looks: makes none. */
export function knownKeys({ keyFile, publicKeys }: ApprovalSettings): readonly TrustedKey[] {
  if (publicKeys !== undefined) return parseTrustedKeys(publicKeys);
  const own = readPublicKey(keyFile);
  return own === null ? [] : [own];
}

/** What a worker checks answers with. */
export function proofOf(settings: ApprovalSettings): ApprovalProof {
  return approvalProof(settings.mode, () => trustedKeys(settings));
}
