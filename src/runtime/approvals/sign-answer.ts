import { sign } from "node:crypto";
import { signedText } from "../../engine/signed-text.ts";
import type { Answer, AnswerSignature, AnswerTarget } from "../../protocol/gate.ts";
import type { SigningKey } from "./key-file.ts";

/** What a signature covers besides the answer, and how long it counts. */
export interface SignatureTerms {
  readonly target: AnswerTarget;
  readonly now: Date;
  readonly validForMs: number;
}

/** Signs an answer as it stands; whoever changes a field of it afterwards makes the signature worthless. */
export function signAnswer<Said extends Answer>(
  { privateKey, publicKey }: SigningKey,
  answer: Said,
  { target, now, validForMs }: SignatureTerms,
): Said & { readonly signature: AnswerSignature } {
  const terms = {
    key: publicKey.fingerprint,
    at: now.toISOString(),
    expires: new Date(now.getTime() + validForMs).toISOString(),
  };
  const value = sign(null, Buffer.from(signedText(answer, target, terms)), privateKey).toString("base64url");
  return { ...answer, signature: { ...terms, value } };
}
