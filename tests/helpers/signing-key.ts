import { generateKeyPairSync } from "node:crypto";
import { approvalProof } from "../../src/runtime/approvals/approval-proof.ts";
import type { SigningKey } from "../../src/runtime/approvals/key-file.ts";
import { publicKeyOf } from "../../src/runtime/approvals/public-key.ts";
import type { ApprovalProof } from "../../src/specs/hosted-app.ts";

/** A key of an operator that lies in no file. */
export function signingKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** A worker that counts only what these keys signed. */
export function signedApprovals(...keys: readonly SigningKey[]): ApprovalProof {
  return approvalProof("signed", () => keys.map(({ publicKey }) => publicKey));
}
