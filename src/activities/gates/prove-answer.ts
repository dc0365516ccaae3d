import type { AnswerRefusal } from "../../engine/judge-answer.ts";
import type { AnswerTarget } from "../../protocol/gate.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { ApprovalProof } from "../../specs/hosted-app.ts";
import type { GivenAnswer } from "./given-answer.ts";

/** How we know who answered, for the record; a refusal when the answer claims a proof that does not hold. */
export interface AnswerProof extends Pick<DecisionRecord, "authn" | "key" | "keyName" | "signed"> {
  readonly refusal: AnswerRefusal | null;
}

/**
 * Checks the signature of an answer to any gate, of a plan or of a tool call. Whether an answer without one may count is the judge's to
 * say; in open mode a signature is noted when it holds and means nothing when it does not.
 */
export function proveAnswer(
  { mode, verify }: ApprovalProof,
  { answer, at }: GivenAnswer,
  target: AnswerTarget,
): AnswerProof {
  if (answer.decision === "expire") return { authn: "timer", refusal: null };
  if (answer.signature === undefined) return UNPROVEN;
  const verdict = verify(answer, { target, at });
  if (verdict.kind === "proven") {
    const { key, name } = verdict;
    return { authn: "signature", key, ...(name === undefined ? {} : { keyName: name }), signed: answer, refusal: null };
  }
  // What a stranger sent is not kept: nobody could tell who filled the store with it.
  const kept = verdict.isGenuine === true ? { signed: answer } : {};
  if (mode === "open") return { authn: "none", ...kept, refusal: null };
  return { authn: "none", ...kept, refusal: { kind: "refused", code: "bad_signature", message: verdict.reason } };
}

/** Of an answer that says nothing of who gave it, or was refused before anybody looked. */
export const UNPROVEN: AnswerProof = { authn: "none", refusal: null };
