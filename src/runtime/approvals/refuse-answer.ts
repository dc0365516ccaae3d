import { type AnswerRefusal, judgeAnswer } from "../../engine/judge-answer.ts";
import { ANONYMOUS } from "../../engine/may-decide.ts";
import type { AnswerResult } from "../../protocol/plan-flow.ts";
import type { ApprovalSubject } from "./approval-subject.ts";
import type { NamedAnswer } from "./approver.ts";

/** Judges an answer that came too late, when nothing runs that could count it, and keeps it with the reason. */
export async function refuseClosed(subject: ApprovalSubject, answer: NamedAnswer): Promise<AnswerResult> {
  return keepRefusal(subject, answer, await whyClosed(subject, answer));
}

/** As `refuseClosed`, where the workflow that would judge the answer is gone: a draft waits in the store and nowhere else. */
export async function refuseLost(subject: ApprovalSubject, answer: NamedAnswer): Promise<AnswerResult> {
  const why = await whyClosed(subject, answer);
  const isLostDraft = subject.subject.kind === "plan" && subject.status === "draft" && why.code === "closed";
  return keepRefusal(subject, answer, isLostDraft ? { ...why, message: LOST } : why);
}

const LOST =
  "Nothing waits for an answer: the workflow of this plan is gone, terminated or lost with the data of its Temporal server.";

async function whyClosed(subject: ApprovalSubject, answer: NamedAnswer): Promise<AnswerRefusal> {
  const { contentHash, status } = subject;
  const at = new Date().toISOString();
  const earlier = await subject.decisions();
  const judged = judgeAnswer({ gate: null, contentHash, status, answer, earlier, at, authn: "none", mode: "open" });
  if (judged.kind !== "refused") throw new Error("an answer without a gate cannot count");
  return judged;
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
