import { type AnswerRefusal, judgeAnswer } from "../../engine/judge-answer.ts";
import { ANONYMOUS } from "../../engine/may-decide.ts";
import type { AnswerResult } from "../../protocol/plan-flow.ts";
import type { ApprovalSubject } from "./approval-subject.ts";
import type { NamedAnswer } from "./approver.ts";

/** Judges an answer that came too late, when nothing runs that could count it, and keeps it with the reason. */
export async function refuseClosed(subject: ApprovalSubject, answer: NamedAnswer): Promise<AnswerResult> {
  const { contentHash, status } = subject;
  const at = new Date().toISOString();
  const earlier = await subject.decisions();
  const judged = judgeAnswer({ gate: null, contentHash, status, answer, earlier, at, authn: "none", mode: "open" });
  if (judged.kind !== "refused") throw new Error("an answer without a gate cannot count");
  return keepRefusal(subject, answer, judged);
}

/** Keeps an answer that is refused before any workflow hears of it. */
export async function keepRefusal(
  { contentHash, revision, gateId, keep }: ApprovalSubject,
  answer: NamedAnswer,
  { code, message }: AnswerRefusal,
): Promise<AnswerResult> {
  await keep({
    decisionId: answer.decisionId,
    gate: answer.gate ?? gateId ?? "",
    contentHash,
    answeredHash: answer.contentHash ?? null,
    decision: answer.decision,
    by: answer.by ?? ANONYMOUS,
    at: new Date().toISOString(),
    authn: "none",
    channel: answer.channel ?? "host",
    note: answer.note ?? null,
    revision,
    refused: code,
  });
  return { kind: "refused", code, message };
}
