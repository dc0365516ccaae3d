import { verify } from "node:crypto";
import { ANONYMOUS } from "../../engine/may-decide.ts";
import { signedText } from "../../engine/signed-text.ts";
import type { AnswerSignature } from "../../protocol/gate.ts";
import { MAX_SIGNATURE_MS, SIGNATURE_CLOCK_SKEW_MS } from "../../protocol/limits/gate.ts";
import type { ApprovalProof, SignatureVerdict } from "../../specs/hosted-app.ts";
import { type TrustedKey, whyNotTheirs } from "./trusted-key.ts";

/** Checks answers with public keys; they are fetched when the first signature comes, and once. */
export function approvalProof(mode: ApprovalProof["mode"], findKeys: () => readonly TrustedKey[]): ApprovalProof {
  let keys: readonly TrustedKey[] | undefined;
  return {
    mode,
    verify(answer, { target, at }) {
      const { signature, decisionId } = answer;
      if (signature === undefined) return refused("The answer carries no signature.");
      if (decisionId === undefined) return refused("A signed answer needs a decision id, so that it counts once.");
      keys ??= findKeys();
      const key = keys.find(({ fingerprint }) => fingerprint === signature.key);
      if (key === undefined) return refused(foreignKey(signature, keys));
      const text = Buffer.from(signedText(answer, target, signature));
      if (!verify(null, text, key.key, Buffer.from(signature.value, "base64url"))) return refused(WRONG);
      // Time and name are told only of a genuine signature: of a forged one they mean nothing.
      const why = whyNotNow(signature, at) ?? whyNotTheirs(key, answer.by ?? ANONYMOUS, keys);
      if (why !== null) return { ...refused(why), isGenuine: true };
      return { kind: "proven", key: key.fingerprint, ...(key.name === undefined ? {} : { name: key.name }) };
    },
  };
}

const WRONG =
  "The signature is not one of this answer to this gate: something in the answer was changed, or it was made for another plan, call, workspace or tenant.";

function foreignKey({ key }: AnswerSignature, trusted: readonly TrustedKey[]): string {
  const known = trusted.map(({ fingerprint }) => fingerprint).join(", ");
  return `The answer was signed with key ${JSON.stringify(key)}, and this worker trusts ${known === "" ? "none" : known}.`;
}

/** Judged on workflow time, as every deadline is. */
function whyNotNow({ at, expires }: AnswerSignature, now: string): string | null {
  const made = Date.parse(at);
  const end = Date.parse(expires);
  const seen = Date.parse(now);
  if (!(seen < end)) return `The signature counted until ${expires}, and the answer was read at ${now}.`;
  if (made > seen + SIGNATURE_CLOCK_SKEW_MS) return `The signature is from ${at}, and it is ${now}.`;
  if (end - made > MAX_SIGNATURE_MS)
    return `A signature counts for ${MAX_SIGNATURE_MS / DAY_MS} days at most, and this one says from ${at} to ${expires}.`;
  return null;
}

const DAY_MS = 24 * 60 * 60 * 1000;

function refused(reason: string): Extract<SignatureVerdict, { kind: "refused" }> {
  return { kind: "refused", reason };
}
