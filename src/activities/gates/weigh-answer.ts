import { type AnswerRefusal, type GateOutcome, type GateQuestion, judgeAnswer } from "../../engine/judge-answer.ts";
import type { AnswerTarget, Gate } from "../../protocol/gate.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { ApprovalProof } from "../../specs/hosted-app.ts";
import { type AnsweredContent, answerRecord } from "./answer-record.ts";
import type { GivenAnswer } from "./given-answer.ts";
import { proveAnswer } from "./prove-answer.ts";

/** What an answer is about, as it stands now: a plan or one call. */
export interface AnswerSubject {
  /** Null when nothing waits. */
  readonly gate: Gate | null;
  readonly status: GateQuestion["status"];
  readonly content: AnsweredContent;
  /** What a signature must be for. */
  readonly target: AnswerTarget;
  /** Every decision on record, oldest first. */
  readonly earlier: readonly DecisionRecord[];
}

/** What an answer comes to. Only one that an attempt before this one recorded is on record yet. */
export type WeighedAnswer = RecordedAnswer | CountedAnswer | RefusedAnswer;

interface RecordedAnswer {
  readonly kind: "recorded";
  readonly record: DecisionRecord;
}

/** An answer that counts, and what it does. */
export interface CountedAnswer {
  readonly kind: "counted";
  readonly record: DecisionRecord;
  readonly gate: Gate;
  readonly closes: boolean;
  readonly outcome: GateOutcome;
}

/** An answer that does nothing. Its record says why. */
export interface RefusedAnswer {
  readonly kind: "refused";
  readonly record: DecisionRecord;
  readonly refusal: AnswerRefusal;
}

/** Finds the answer on record, or says who gave it and judges it. */
export function weighAnswer(given: GivenAnswer, subject: AnswerSubject, approvals: ApprovalProof): WeighedAnswer {
  const known = subject.earlier.find((record) => isThisOne(record, given));
  if (known !== undefined) return { kind: "recorded", record: known };
  const proof = proveAnswer(approvals, given, subject.target);
  const record = answerRecord(given, subject.content, proof);
  if (proof.refusal !== null) return refusedAnswer(record, proof.refusal);
  const { gate } = subject;
  const judgement = judgeAnswer(question(given, subject, { authn: proof.authn, mode: approvals.mode }));
  if (judgement.kind === "refused") return refusedAnswer(record, judgement);
  if (gate === null) return refusedAnswer(record, NOTHING_WAITS);
  return { ...judgement, record, gate };
}

/** Two answers never have the same id and the same workflow time, because one waits for the other. */
function isThisOne(record: DecisionRecord, { decisionId, at }: GivenAnswer): boolean {
  return record.decisionId === decisionId && record.at === at;
}

function question(
  { answer, decisionId, at }: GivenAnswer,
  { gate, status, content, earlier }: AnswerSubject,
  proven: Pick<GateQuestion, "authn" | "mode">,
): GateQuestion {
  const { contentHash } = content;
  const identified = answer.decision === "expire" ? answer : { ...answer, decisionId };
  return { gate, contentHash, status, answer: identified, earlier, at, ...proven };
}

/** An answer that does nothing after all. */
export function refusedAnswer(record: DecisionRecord, refusal: AnswerRefusal): RefusedAnswer {
  return { kind: "refused", record: { ...record, refused: refusal.code }, refusal };
}

/** What is said of an answer to nothing. */
export const NOTHING_WAITS: AnswerRefusal = {
  kind: "refused",
  code: "closed",
  message: "Nothing waits for an answer.",
};
