import type { DecisionKind } from "../protocol/decision-kind.ts";
import type { Answer, Gate, RefusalCode } from "../protocol/gate.ts";
import type { DecisionRecord, PlanStatus } from "../protocol/plan.ts";
import { onDeadline } from "./gate-deadline.ts";
import { isSamePerson } from "../lib/same-person.ts";
import { ANONYMOUS, quorum, whyForbidden } from "./may-decide.ts";

/**
 * The one place where an answer to a gate counts or not, for plans and tool calls, by whatever way it came. What must stay true:
 * nothing is approved unless its rule is satisfied by people who answered this gate on this content in time, and the first
 * decision that closes a gate wins.
 */

/** An answer and all that it is judged by. */
export interface GateQuestion {
  /** What waits; null when nothing does. */
  readonly gate: Gate | null;
  /** The content as it is now. */
  readonly contentHash: string;
  /** The plan's status, or whether the tool call's gate is open. */
  readonly status: PlanStatus | "open" | "closed";
  readonly answer: Answer | Expiry;
  /** Every decision on record, the refused ones too, oldest first. */
  readonly earlier: readonly DecisionRecord[];
  /** Workflow time. */
  readonly at: string;
  readonly authn: DecisionRecord["authn"];
  readonly mode: "open" | "signed";
}

/** What the workflow itself says when a deadline passed. */
export interface Expiry {
  readonly decision: "expire";
}

/** What becomes of the subject; `none` while more people must approve. */
export type GateOutcome = Exclude<DecisionKind, "cancel"> | "none";

/**
 * What an answer did. `closes` is true when the question is settled. An `edit` that does not close makes a revision that nobody has
 * approved yet, its editor included: its gate is a new one.
 */
export type Judgement =
  { readonly kind: "counted"; readonly closes: boolean; readonly outcome: GateOutcome } | AnswerRefusal;

/** Why an answer did nothing. */
export interface AnswerRefusal {
  readonly kind: "refused";
  readonly code: RefusalCode;
  readonly message: string;
}

/** Judges one answer. The caller records it, and stores the edited revision of an `edit` once it is valid. */
export function judgeAnswer(asked: GateQuestion): Judgement {
  const { gate, status, answer } = asked;
  const question = gate?.mode === "signed" ? { ...asked, mode: gate.mode } : asked;
  if (answer.decision !== "expire") {
    const refused = refuseUnsigned(question) ?? refuseRepeated(question.earlier, answer);
    if (refused !== null) return refused;
  }
  if (gate === null || (status !== "draft" && status !== "open")) return refuseClosed(question);
  const standing = standingDecisions(question, gate);
  const closing = closingDecision(gate, standing);
  if (closing !== undefined) return refuseDecided(closing);
  if (answer.decision === "expire") return judgeExpiry(gate, question.at);
  return refuseLate(gate, question.at) ?? refuseOther(question, gate, answer) ?? judgePerson(gate, standing, answer);
}

/** Whether the decisions on record let what waits at a gate go on: enough people approved this content and nobody said otherwise. */
export function isApproved(gate: Gate, earlier: readonly DecisionRecord[], mode: GateQuestion["mode"]): boolean {
  const standing = standingDecisions({ earlier, contentHash: gate.contentHash, mode }, gate);
  return closingDecision(gate, standing)?.decision === "approve";
}

/** Who approved the content that a gate is on so far, each person once. */
export function approvedBy(gate: Gate, earlier: readonly DecisionRecord[]): readonly string[] {
  const { contentHash, mode = "open" } = gate;
  return approvals(gate, standingDecisions({ earlier, contentHash, mode }, gate)).map(({ by }) => by);
}

function refuseUnsigned({ mode, authn }: GateQuestion): AnswerRefusal | null {
  if (mode === "open" || authn === "signature") return null;
  return refuse(
    "unsigned",
    "Answers must be signed here, and this one is not; `bridle approvals sign` prints one that is.",
  );
}

/** A decision is used up once it was judged. One that was not proven to be its author's does not use up the id. */
function refuseRepeated(earlier: readonly DecisionRecord[], { decisionId }: Answer): AnswerRefusal | null {
  const first = earlier.find((record) => record.decisionId === decisionId && !UNPROVEN.includes(record.refused));
  if (first === undefined) return null;
  const ending = first.refused === null ? "counted" : `was refused (${first.refused})`;
  return refuse(
    "already_decided",
    `Decision ${first.decisionId} by ${first.by} of ${first.at} already ${ending}; a decision is used once.`,
  );
}

function refuseClosed({ earlier, status, contentHash }: GateQuestion): AnswerRefusal {
  const isDraft = status === "draft" || status === "open";
  const counted = earlier.filter(({ refused }) => refused === null);
  const last = counted.findLast((record) => !isDraft || record.contentHash === contentHash);
  if (last !== undefined) return refuseDecided(last);
  if (status === "expired") return refuse("expired", "The deadline passed before anyone decided.");
  return refuse("closed", isDraft ? "Nothing waits for an answer." : `Nothing waits for an answer: it is ${status}.`);
}

function refuseDecided({ decision, by, at }: DecisionRecord): AnswerRefusal {
  if (decision === "expire") return refuse("expired", `The deadline passed; closed at ${at}.`);
  return refuse("already_decided", `Already ${DONE[decision]} by ${by} at ${at}.`);
}

/** The counted decisions on this gate and this content. Where answers must be signed, one from an open time no longer stands. */
function standingDecisions(
  { earlier, contentHash, mode }: Pick<GateQuestion, "earlier" | "contentHash" | "mode">,
  gate: Gate,
): readonly DecisionRecord[] {
  return earlier.filter(
    (record) =>
      record.refused === null &&
      record.gate === gate.id &&
      record.contentHash === contentHash &&
      (mode === "open" || record.authn !== "none"),
  );
}

function closingDecision(gate: Gate, standing: readonly DecisionRecord[]): DecisionRecord | undefined {
  return standing.find(({ decision }) => decision !== "approve") ?? approvals(gate, standing)[quorum(gate.rule) - 1];
}

/** One per person who may approve. */
function approvals(gate: Gate, standing: readonly DecisionRecord[]): readonly DecisionRecord[] {
  const allowed = standing.filter(({ decision, by }) => decision === "approve" && whyForbidden(gate, by) === null);
  return allowed.filter(({ by }, index) => allowed.findIndex((other) => isSamePerson(other.by, by)) === index);
}

/** An expiry before its time changes nothing, whoever sent it. */
function judgeExpiry(gate: Gate, at: string): Judgement {
  if (gate.deadline === null || isBefore(at, gate.deadline))
    return refuse("forbidden", `The deadline is ${gate.deadline ?? "never"}, and it is ${at}.`);
  return { kind: "counted", closes: true, outcome: onDeadline(gate.rule) };
}

function refuseLate(gate: Gate, at: string): AnswerRefusal | null {
  if (gate.deadline === null || isBefore(at, gate.deadline)) return null;
  return refuse("expired", `The deadline was ${gate.deadline}, and the answer came at ${at}.`);
}

/** Content first: an answer to an older revision names an older gate as well, and the content is what its sender must look at. */
function refuseOther({ contentHash, mode }: GateQuestion, gate: Gate, answer: Answer): AnswerRefusal | null {
  const isBare = mode === "open";
  const hash = answer.contentHash ?? (isBare ? gate.contentHash : undefined);
  if (hash !== contentHash || gate.contentHash !== contentHash)
    return refuse(
      "plan_hash_mismatch",
      `The answer is for content ${short(hash)}, the gate for ${short(gate.contentHash)}, and the content is ${short(contentHash)}.`,
    );
  const id = answer.gate ?? (isBare ? gate.id : undefined);
  if (id !== gate.id)
    return refuse("gate_mismatch", `The answer is for gate ${id ?? "(none named)"}, expected ${gate.id}.`);
  if (!isBare && answer.by === undefined)
    return refuse("forbidden", "A signed answer says who gives it, and this one came without `by`.");
  return null;
}

function judgePerson(gate: Gate, standing: readonly DecisionRecord[], answer: Answer): Judgement {
  const by = answer.by ?? ANONYMOUS;
  const forbidden = whyForbidden(gate, by);
  if (forbidden !== null) return refuse("forbidden", forbidden);
  const own = standing.find((record) => isSamePerson(record.by, by));
  if (own !== undefined) return refuseDecided(own);
  const missing = quorum(gate.rule) - approvals(gate, standing).length;
  const isPlan = gate.subject.kind === "plan";
  switch (answer.decision) {
    case "approve":
      return missing <= 1 ? counted("approve") : { kind: "counted", closes: false, outcome: "none" };
    case "edit":
      if (!isPlan) return refuse("invalid_edit", "Only a plan can be edited at its gate, and this is a tool call.");
      if (answer.edits === undefined && answer.editsHash === undefined)
        return refuse("invalid_edit", "An edit carries the plan's whole body in `edits`.");
      return { kind: "counted", closes: quorum(gate.rule) === 1, outcome: "edit" };
    case "revise":
      return refuseWithoutNote(answer) ?? counted(isPlan ? "revise" : "reject");
    case "reject":
      return counted("reject");
  }
}

/** Whoever gets something back is told to follow its note: without one there is nothing to follow. */
export function refuseWithoutNote({ decision, note = "" }: Pick<Answer, "decision" | "note">): AnswerRefusal | null {
  if (decision !== "revise" || note.trim() !== "") return null;
  const message = "Sending back needs a note that says what to change, and this answer came without one.";
  return refuse("note_missing", `${message} To refuse without a note, reject.`);
}

function counted(outcome: GateOutcome): Judgement {
  return { kind: "counted", closes: true, outcome };
}

function refuse(code: RefusalCode, message: string): AnswerRefusal {
  return { kind: "refused", code, message };
}

/** False for what is no time at all, so that nothing counts by a broken clock. */
function isBefore(at: string, deadline: string): boolean {
  return Date.parse(at) < Date.parse(deadline);
}

function short(hash: string | undefined): string {
  if (hash === undefined) return "(none named)";
  const isWhole = /^[0-9a-f]{64}$/.test(hash);
  return isWhole
    ? hash.slice(0, 12)
    : `${JSON.stringify(hash.slice(0, 64))} (not the 64 hexadecimal characters of a hash)`;
}

const UNPROVEN: readonly (string | null)[] = ["unsigned", "bad_signature"] satisfies readonly RefusalCode[];

const DONE = {
  approve: "approved",
  edit: "edited and approved",
  reject: "rejected",
  revise: "sent back",
  cancel: "cancelled",
} as const satisfies Record<Exclude<DecisionKind, "expire">, string>;
