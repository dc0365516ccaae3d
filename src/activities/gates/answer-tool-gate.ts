import { Context } from "@temporalio/activity";
import { aimedGate } from "../../engine/aimed-gate.ts";
import { type AnswerRefusal, judgeAnswer, type Judgement } from "../../engine/judge-answer.ts";
import { ANONYMOUS } from "../../engine/may-decide.ts";
import { Answer, type AnswerTarget, type Gate } from "../../protocol/gate.ts";
import type { AnswerResult } from "../../protocol/plan-flow.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { AnswerToolGateInput, ToolGateAnswered } from "../../protocol/turn.ts";
import type { OpenGate } from "../../state/plan-port.ts";
import { findPlace, type FoundPlace } from "../turns/find-turn.ts";
import type { ActivityHost } from "../host.ts";
import { type AnswerProof, proveAnswer } from "./prove-answer.ts";
import { tellDecision } from "./tool-gate-news.ts";

/** An answer to a turn while it is judged. */
interface Judging {
  readonly place: FoundPlace;
  readonly input: AnswerToolGateInput;
  readonly answer: Answer | { readonly decision: "expire" };
  /** The answer's own, or one that is the same on every attempt. */
  readonly decisionId: string;
}

/**
 * Judges one answer to the calls of a turn that wait and records what came of it, counted or refused. An attempt that finds it
 * recorded judges nothing.
 */
export async function answerToolGate(host: ActivityHost, input: AnswerToolGateInput): Promise<ToolGateAnswered> {
  const place = await findPlace(host, input.ref);
  const waiting = await waitingGates(place, input.gates);
  const given = readAnswer(input.answer);
  if (given === null) return refused(UNREADABLE);
  const { answer, asked } = given;
  const judging = { place, input, answer, decisionId: decisionIdOf(answer, asked, input) };
  const named = asked === undefined ? null : await ownGate(place, asked);
  const aim = aimedGate({ waiting: waiting.map(({ gate }) => gate), named: named?.gate ?? null }, asked);
  if (aim.kind === "refused") return refuse(judging, aim, { gates: waiting, proof: UNPROVEN });
  const target = named ?? waiting.find(({ gate }) => gate.id === aim.gate.id);
  const answered = target === undefined ? refused(NOTHING_WAITS) : await judge(judging, target);
  host.crashPoints.pass("decision.recorded");
  return answered;
}

async function waitingGates(place: FoundPlace, ids: readonly string[]): Promise<readonly OpenGate[]> {
  const gates = await Promise.all(ids.map((id) => place.store.gates.get(id)));
  return gates.filter((gate) => gate !== null);
}

/** A gate of another turn is nobody's here. */
async function ownGate(place: FoundPlace, id: string): Promise<OpenGate | null> {
  const gate = await place.store.gates.get(id);
  return gate?.call?.turn === place.turn ? gate : null;
}

/** A person may have typed it, or sent nothing that makes sense. */
function readAnswer(given: unknown): { readonly answer: Judging["answer"]; readonly asked: string | undefined } | null {
  if (isExpiry(given)) {
    const gate: unknown = Reflect.get(given, "gate");
    return { answer: { decision: "expire" }, asked: typeof gate === "string" ? gate : undefined };
  }
  const parsed = Answer.safeParse(given);
  return parsed.success ? { answer: parsed.data, asked: parsed.data.gate } : null;
}

function isExpiry(given: unknown): given is object {
  return typeof given === "object" && given !== null && "decision" in given && given.decision === "expire";
}

function decisionIdOf(answer: Judging["answer"], asked: string | undefined, { sequence }: AnswerToolGateInput): string {
  if (answer.decision === "expire") return `expire_${asked ?? ""}`;
  const execution = Context.current().info.workflowExecution?.runId ?? "";
  return answer.decisionId ?? `answer_${execution}_${sequence}`;
}

async function judge(judging: Judging, target: OpenGate): Promise<ToolGateAnswered> {
  const { place, answer, input, decisionId } = judging;
  const { gate, status } = target;
  const earlier = await place.store.gates.decisions(gate.id);
  const known = earlier.find((record) => record.decisionId === decisionId && record.at === input.at);
  if (known !== undefined) return recorded(judging, target, known);
  const { approvals } = place.binding;
  const on = { target: targetOf(place, target), at: input.at };
  const proof = answer.decision === "expire" ? BY_TIMER : proveAnswer(approvals, answer, on);
  if (proof.refusal !== null) return refuse(judging, proof.refusal, { gates: [target], proof });
  const judgement = judgeAnswer({
    gate: status === "open" ? gate : null,
    contentHash: gate.contentHash,
    status,
    answer: answer.decision === "expire" ? answer : { ...answer, decisionId },
    earlier,
    at: input.at,
    authn: proof.authn,
    mode: approvals.mode,
  });
  if (judgement.kind === "refused") return refuse(judging, judgement, { gates: [target], proof });
  return count(judging, target, { judgement, proof });
}

const BY_TIMER: AnswerProof = { authn: "timer", refusal: null };
const UNPROVEN: AnswerProof = { authn: "none", refusal: null };

/** A signature is for one call, whichever turn or gate it is sent to. */
function targetOf({ binding, turn }: FoundPlace, { call }: OpenGate): AnswerTarget {
  const { tenant, workspace } = binding;
  return { tenant, workspace, subject: { kind: "tool", turn, callId: call?.callId ?? "" } };
}

interface Counted {
  readonly judgement: Extract<Judgement, { kind: "counted" }>;
  readonly proof: AnswerProof;
}

/** The gate takes the decision only while it is open: a turn that was cancelled meanwhile has closed it. */
async function count(judging: Judging, target: OpenGate, { judgement, proof }: Counted): Promise<ToolGateAnswered> {
  const { gate } = target;
  const { closes } = judgement;
  const decision = decisionRecord(judging, gate, proof);
  const kept = await judging.place.store.gates.decide(gate.id, decision, closes);
  if (kept === "closed") return refuse(judging, CLOSED_MEANWHILE, { gates: [target], proof });
  return told(judging, gate, { decision, closes });
}

async function told(
  { place }: Judging,
  gate: Gate,
  { decision, closes }: { readonly decision: DecisionRecord; readonly closes: boolean },
): Promise<ToolGateAnswered> {
  await tellDecision(place, gate, decision);
  const { decisionId } = decision;
  const isApproval = decision.decision === "approve";
  const status = closes ? STATUS[decision.decision] : "draft";
  return {
    result: { kind: "counted", decisionId, status, waitsForMore: !closes },
    closed: closes ? { gate: gate.id, isApproved: isApproval } : null,
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

function decisionRecord(judging: Judging, gate: Gate, proof: AnswerProof): DecisionRecord {
  const { answer, input, decisionId } = judging;
  const { refusal: _, ...proven } = proof;
  const said = answer.decision === "expire" ? { by: "timer", channel: "timer" } : answer;
  return {
    decisionId,
    gate: gate.id,
    contentHash: gate.contentHash,
    ...(answer.decision === "expire" ? {} : { answeredHash: answer.contentHash ?? null }),
    decision: answer.decision,
    by: said.by ?? ANONYMOUS,
    at: input.at,
    ...proven,
    channel: said.channel ?? "signal",
    note: answer.decision === "expire" ? null : (answer.note ?? null),
    revision: 1,
    refused: null,
  };
}

/** A refusal is kept for ever too, at every gate that the answer may have meant. */
async function refuse(
  judging: Judging,
  refusal: AnswerRefusal,
  { gates, proof }: { readonly gates: readonly OpenGate[]; readonly proof: AnswerProof },
): Promise<ToolGateAnswered> {
  for (const { gate } of gates) {
    const decision = { ...decisionRecord(judging, gate, proof), refused: refusal.code };
    await judging.place.store.gates.decide(gate.id, decision, false);
  }
  return refused(refusal);
}

/** What an attempt before this one recorded. */
async function recorded(judging: Judging, target: OpenGate, decision: DecisionRecord): Promise<ToolGateAnswered> {
  if (decision.refused === null) return told(judging, target.gate, { decision, closes: target.status === "closed" });
  // The record was written from a judgement's own code.
  const code = decision.refused as AnswerRefusal["code"];
  return refused({ kind: "refused", code, message: `The answer was refused: ${code}.` });
}

function refused({ code, message }: AnswerRefusal): ToolGateAnswered {
  return { result: { kind: "refused", code, message }, closed: null };
}

const NOTHING_WAITS: AnswerRefusal = { kind: "refused", code: "closed", message: "Nothing waits for an answer." };
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
