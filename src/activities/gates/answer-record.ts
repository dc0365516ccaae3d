import { ANONYMOUS } from "../../engine/may-decide.ts";
import type { RefusalCode } from "../../protocol/gate.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { GivenAnswer } from "./given-answer.ts";
import type { AnswerProof } from "./prove-answer.ts";

/** What an answer is recorded as being about. */
export type AnsweredContent = Pick<DecisionRecord, "gate" | "contentHash" | "revision">;

/** What is kept of an answer for ever, as of one that counted. */
export function answerRecord(
  { answer, decisionId, at }: GivenAnswer,
  { gate, contentHash, revision }: AnsweredContent,
  proof: AnswerProof,
): DecisionRecord {
  const { refusal: _, ...proven } = proof;
  const isExpiry = answer.decision === "expire";
  const { by = ANONYMOUS, channel = "signal", note = null } = isExpiry ? BY_TIMER : answer;
  return {
    decisionId,
    gate,
    contentHash,
    ...(isExpiry ? {} : { answeredHash: answer.contentHash ?? null }),
    decision: answer.decision,
    by,
    at,
    ...proven,
    channel,
    note,
    revision,
    refused: null,
  };
}

const BY_TIMER = { by: "timer", channel: "timer", note: null } as const;

/** Why a recorded answer was refused; null when it counted. */
export function recordedRefusal({ refused }: DecisionRecord): RefusalCode | null {
  // The record was written from a judgement's own code.
  return refused as RefusalCode | null;
}
