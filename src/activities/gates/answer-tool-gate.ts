import type { AnswerRefusal } from "../../engine/judge-answer.ts";
import type { AnswerResult } from "../../protocol/plan-flow.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { AnswerToolGateInput, ToolGateAnswered } from "../../protocol/turn.ts";
import type { OpenGate } from "../../state/plan-port.ts";
import type { ActivityHost } from "../host.ts";
import { findPlace, type FoundPlace } from "../find-turn.ts";
import { type AimedAnswer, aimAnswer } from "./aim-answer.ts";
import { type AnsweredContent, answerRecord, recordedRefusal } from "./answer-record.ts";
import { type GivenAnswer, readAnswer } from "./given-answer.ts";
import { UNPROVEN } from "./prove-answer.ts";
import { tellDecision } from "./tool-gate-news.ts";
import {
  type AnswerSubject,
  type CountedAnswer,
  type RefusedAnswer,
  refusedAnswer,
  weighAnswer,
} from "./weigh-answer.ts";

/**
 * Judges one answer to the calls of a turn that wait and records what came of it, counted or refused. An attempt that finds it
 * recorded judges nothing.
 */
export async function answerToolGate(host: ActivityHost, input: AnswerToolGateInput): Promise<ToolGateAnswered> {
  const place = await findPlace(host, input.ref);
  const given = readAnswer(input);
  if (given === null) return refused(UNREADABLE);
  const aim = await aimAnswer(place, input.gates, given.answer.gate);
  if (aim.kind === "refused") return refuseUnaimed(place, given, aim);
  const answered = await settle({ place, open: aim.open }, given);
  host.crashPoints.pass("decision.recorded");
  return answered;
}

/** Kept at every gate that the answer may have meant. */
async function refuseUnaimed(
  place: FoundPlace,
  given: GivenAnswer,
  { meant, refusal }: Extract<AimedAnswer, { kind: "refused" }>,
): Promise<ToolGateAnswered> {
  for (const open of meant) {
    const record = answerRecord(given, contentOf(open), UNPROVEN);
    await refuse({ place, open }, refusedAnswer(record, refusal));
  }
  return refused(refusal);
}

/** A call that is answered. */
interface AnsweredCall {
  readonly place: FoundPlace;
  /** Its gate, as it was when the answer was judged. */
  readonly open: OpenGate;
}

async function settle(answered: AnsweredCall, given: GivenAnswer): Promise<ToolGateAnswered> {
  const { approvals } = answered.place.binding;
  const weighed = weighAnswer(given, await subjectOf(answered), approvals);
  switch (weighed.kind) {
    case "recorded":
      return recorded(answered, weighed.record);
    case "refused":
      return refuse(answered, weighed);
    case "counted":
      return count(answered, weighed);
  }
}

/** A signature is for one call, whichever turn or gate it is sent to. */
async function subjectOf({ place, open }: AnsweredCall): Promise<AnswerSubject> {
  const { binding, store, turn } = place;
  const { tenant, workspace } = binding;
  const { gate, status, call } = open;
  return {
    gate: status === "open" ? gate : null,
    status,
    content: contentOf(open),
    target: { tenant, workspace, subject: { kind: "tool", turn, callId: call?.callId ?? "" } },
    earlier: await store.gates.decisions(gate.id),
  };
}

/** A call has no revisions. */
function contentOf({ gate: { id, contentHash } }: OpenGate): AnsweredContent {
  return { gate: id, contentHash, revision: 1 };
}

/** What an attempt before this one recorded. */
async function recorded(answered: AnsweredCall, record: DecisionRecord): Promise<ToolGateAnswered> {
  const code = recordedRefusal(record);
  if (code === null) return counted(answered, record, answered.open.status === "closed");
  return refused({ kind: "refused", code, message: `The answer was refused: ${code}.` });
}

/** A refusal is kept for ever too. */
async function refuse({ place, open }: AnsweredCall, { record, refusal }: RefusedAnswer): Promise<ToolGateAnswered> {
  await place.store.gates.decide(open.gate.id, record, false);
  return refused(refusal);
}

/** The gate takes the decision only while it is open: a turn that was cancelled meanwhile has closed it. */
async function count(answered: AnsweredCall, { record, closes }: CountedAnswer): Promise<ToolGateAnswered> {
  const { place, open } = answered;
  const kept = await place.store.gates.decide(open.gate.id, record, closes);
  if (kept === "closed") return refuse(answered, refusedAnswer(record, CLOSED_MEANWHILE));
  return counted(answered, record, closes);
}

async function counted(
  { place, open: { gate } }: AnsweredCall,
  record: DecisionRecord,
  closes: boolean,
): Promise<ToolGateAnswered> {
  await tellDecision(place, gate, record);
  const { decisionId, decision } = record;
  const status = closes ? STATUS[decision] : "draft";
  return {
    result: { kind: "counted", decisionId, status, waitsForMore: !closes },
    closed: closes ? { gate: gate.id, isApproved: decision === "approve" } : null,
  };
}

/** A call has no status of its own; its end is told in the words of plans. An edit or a cancel never counts for a call. */
const STATUS = {
  approve: "approved",
  edit: "draft",
  reject: "rejected",
  revise: "rejected",
  expire: "expired",
  cancel: "rejected",
} as const satisfies Record<DecisionRecord["decision"], Extract<AnswerResult, { kind: "counted" }>["status"]>;

function refused({ code, message }: AnswerRefusal): ToolGateAnswered {
  return { result: { kind: "refused", code, message }, closed: null };
}

const CLOSED_MEANWHILE: AnswerRefusal = {
  kind: "refused",
  code: "closed",
  message: "The call no longer waits: its turn ended while the answer was judged.",
};
const UNREADABLE: AnswerRefusal = {
  kind: "refused",
  code: "forbidden",
  message:
    'The answer cannot be read: expected {"decision": "approve" | "reject" | "revise", …} with text in `by` and `note`.',
};
