import { Context } from "@temporalio/activity";
import { type AnswerRefusal, type GateOutcome, judgeAnswer, type Judgement } from "../../engine/judge-answer.ts";
import { ANONYMOUS } from "../../engine/may-decide.ts";
import { Answer, type AnswerTarget, type Gate } from "../../protocol/gate.ts";
import { ContentHash } from "../../protocol/ids.ts";
import type { DecisionRecord, PlanStatus } from "../../protocol/plan.ts";
import type { Answered, AnswerInput } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { type EditedPlan, readEdit } from "./edit-plan.ts";
import { findPlan, type PlanPlace, planState, readPlan } from "../plans/find-plan.ts";
import type { ActivityHost } from "../host.ts";
import { keepPreviews } from "./keep-previews.ts";
import { type AnswerProof, proveAnswer } from "./prove-answer.ts";
import { ANY_STATUS, decisionNews, gateNews, listeners, statusNews, tellRuns } from "../plans/tell-runs.ts";

/** An answer while it is judged. */
interface Judging {
  readonly place: PlanPlace;
  readonly input: AnswerInput;
  readonly plan: PlanRecord;
  readonly answer: Answer | { readonly decision: "expire" };
  /** The answer's own, or one that is the same on every attempt. */
  readonly decisionId: string;
  readonly earlier: readonly DecisionRecord[];
}

/** Judges one answer to a plan's gate and records what came of it, counted or refused. An attempt that finds it recorded judges nothing. */
export async function answerPlanGate(host: ActivityHost, input: AnswerInput): Promise<Answered> {
  const place = await findPlan(host, input.ref);
  const plan = await readPlan(place);
  const answer = readAnswer(input.answer);
  if (answer === null) return refused(plan, UNREADABLE);
  const earlier = await place.store.plans.decisions(place.planId);
  const judging = { place, input, plan, answer, earlier, decisionId: decisionIdOf(answer, plan, input) };
  const known = earlier.find((record) => isThisOne(record, judging));
  const answered = known === undefined ? await judge(judging) : await recorded(judging, known);
  host.crashPoints.pass("decision.recorded");
  return answered;
}

/** A person may have typed it, or sent nothing that makes sense. */
function readAnswer(given: unknown): Judging["answer"] | null {
  if (isExpiry(given)) return { decision: "expire" };
  const parsed = Answer.safeParse(given);
  return parsed.success ? parsed.data : null;
}

function isExpiry(given: unknown): boolean {
  return typeof given === "object" && given !== null && "decision" in given && given.decision === "expire";
}

function decisionIdOf(answer: Judging["answer"], { gate, planHash }: PlanRecord, { sequence }: AnswerInput): string {
  if (answer.decision === "expire") return `expire_${gate?.id ?? planHash}`;
  const execution = Context.current().info.workflowExecution?.runId ?? "";
  return answer.decisionId ?? `answer_${execution}_${sequence}`;
}

/** Two answers never have the same id and the same workflow time, because one waits for the other. */
function isThisOne(record: DecisionRecord, { decisionId, input }: Judging): boolean {
  return record.decisionId === decisionId && record.at === input.at;
}

async function judge(judging: Judging): Promise<Answered> {
  const { plan, answer, earlier, input, place } = judging;
  const { approvals } = place.binding;
  const proof =
    answer.decision === "expire" ? BY_TIMER : proveAnswer(approvals, answer, { target: targetOf(place), at: input.at });
  if (proof.refusal !== null) return refuse(judging, proof.refusal, proof);
  const { authn } = proof;
  const { mode } = approvals;
  const { gate, planHash: contentHash, status } = plan;
  const asked = answer.decision === "expire" ? answer : { ...answer, decisionId: judging.decisionId };
  const judgement = judgeAnswer({ gate, contentHash, status, answer: asked, earlier, at: input.at, authn, mode });
  if (judgement.kind === "refused" || gate === null) return refuse(judging, refusalOf(judgement), proof);
  return count(judging, { gate, judgement, proof });
}

const BY_TIMER: AnswerProof = { authn: "timer", refusal: null };

/** Names the plan, not its gate: a signed answer that comes too late is told so, and not that it is forged. */
function targetOf({ binding, planId }: PlanPlace): AnswerTarget {
  const { tenant, workspace } = binding;
  return { tenant, workspace, subject: { kind: "plan", planId } };
}

function refusalOf(judgement: Judgement): AnswerRefusal {
  return judgement.kind === "refused"
    ? judgement
    : { kind: "refused", code: "closed", message: "Nothing waits for an answer." };
}

interface Counted {
  readonly gate: Gate;
  readonly judgement: Extract<Judgement, { kind: "counted" }>;
  readonly proof: AnswerProof;
}

async function count(judging: Judging, counted: Counted): Promise<Answered> {
  const { place, answer, input, plan } = judging;
  if (answer.decision !== "edit") return apply(judging, counted, null);
  const { edits, editsHash, by = ANONYMOUS } = answer;
  const edited = await readEdit(place, plan, { edits, editsHash, by, at: input.at });
  if (edited.kind === "refused") return refuse(judging, edited, counted.proof);
  return apply(judging, counted, edited);
}

/** Writes the decision with all that follows from it, an edited revision too, in one transaction, then tells the runs. */
async function apply(
  judging: Judging,
  { gate, judgement, proof }: Counted,
  edited: EditedPlan | null,
): Promise<Answered> {
  const { place, input } = judging;
  const { outcome, closes } = judgement;
  const approvedEdit =
    edited === null ? {} : { contentHash: edited.revision.planHash, revision: edited.revision.number };
  const decision = { ...decisionRecord(judging, gate.id, proof), ...(closes ? approvedEdit : {}) };
  await keepSignedEdit(judging, decision);
  const status = statusAfter(outcome, closes);
  const { kind, plan } = await place.store.plans.change({
    key: `answer:${decision.decisionId}:${input.at}`,
    planId: place.planId,
    from: ["draft"],
    planHash: judging.plan.planHash,
    decision,
    ...(edited === null ? {} : { revision: edited.revision }),
    ...(status === undefined ? {} : { status }),
    ...(status === "approved" ? { approvedGate: gate } : {}),
    ...(closes ? { gate: null } : edited === null ? {} : { gate: edited.gate }),
  });
  if (kind === "conflict") return refused(plan, overtaken(plan));
  return tellDecision(judging, decision, plan);
}

/** The edit that was signed stays in the store with its decision, so that the signature can be checked again. */
async function keepSignedEdit({ place }: Judging, { decisionId, signed }: DecisionRecord): Promise<void> {
  const hash = ContentHash.safeParse(signed?.editsHash);
  if (hash.success) await place.store.blobs.pin(hash.data, `signed:${decisionId}`);
}

/** Between judging and writing someone else was first: with an end, or with other content. */
function overtaken({ status }: PlanRecord): AnswerRefusal {
  if (status !== "draft") return { kind: "refused", code: "closed", message: `It is ${status}.` };
  const message = "The content changed while the answer was judged; look at the new revision and answer that.";
  return { kind: "refused", code: "plan_hash_mismatch", message };
}

async function tellDecision({ place, input }: Judging, decision: DecisionRecord, plan: PlanRecord): Promise<Answered> {
  const told = listeners(plan, input.waiters);
  await tellRuns(place, told, decisionNews(place, decision));
  if (plan.gate !== null && plan.gate.id !== decision.gate) {
    // An edit that more people must approve is theirs to read.
    await keepPreviews(place, plan);
    await tellRuns(place, told, gateNews(place, plan.gate, plan));
  }
  await tellRuns(place, told, statusNews(place, plan));
  return {
    state: planState(plan),
    result: {
      kind: "counted",
      decisionId: decision.decisionId,
      status: plan.status,
      waitsForMore: plan.status === "draft" && plan.gate !== null,
    },
    settles: plan.status !== "approved" && plan.gate === null,
  };
}

function statusAfter(outcome: GateOutcome, closes: boolean): PlanStatus | undefined {
  switch (outcome) {
    case "approve":
    case "edit":
      return closes ? "approved" : undefined;
    case "reject":
      return "rejected";
    case "expire":
      return "expired";
    case "revise":
    case "none":
      return undefined;
  }
}

function decisionRecord(judging: Judging, gateId: string, proof: AnswerProof): DecisionRecord {
  const { answer, input, plan, decisionId } = judging;
  const { refusal: _, ...proven } = proof;
  const said = answer.decision === "expire" ? { by: "timer", channel: "timer" } : answer;
  return {
    decisionId,
    gate: gateId,
    contentHash: plan.planHash,
    ...(answer.decision === "expire" ? {} : { answeredHash: answer.contentHash ?? null }),
    decision: answer.decision,
    by: said.by ?? ANONYMOUS,
    at: input.at,
    ...proven,
    channel: said.channel ?? "signal",
    note: answer.decision === "expire" ? null : (answer.note ?? null),
    revision: plan.revision,
    refused: null,
  };
}

/** A refusal is kept for ever too. */
async function refuse(judging: Judging, refusal: AnswerRefusal, proof: AnswerProof): Promise<Answered> {
  const { place, input, plan } = judging;
  const decision = { ...decisionRecord(judging, plan.gate?.id ?? "", proof), refused: refusal.code };
  const key = `refused:${decision.decisionId}:${input.at}`;
  const changed = await place.store.plans.change({ key, planId: place.planId, from: ANY_STATUS, decision });
  return refused(changed.plan, refusal);
}

/** What an attempt before this one recorded. */
async function recorded(judging: Judging, decision: DecisionRecord): Promise<Answered> {
  if (decision.refused === null) return tellDecision(judging, decision, judging.plan);
  // The record was written from a judgement's own code.
  const code = decision.refused as AnswerRefusal["code"];
  return refused(judging.plan, { kind: "refused", code, message: "The answer was refused." });
}

function refused(plan: PlanRecord, { code, message }: AnswerRefusal): Answered {
  return { state: planState(plan), result: { kind: "refused", code, message }, settles: false };
}

const UNREADABLE: AnswerRefusal = {
  kind: "refused",
  code: "forbidden",
  message:
    'The answer cannot be read: expected {"decision": "approve" | "edit" | "reject" | "revise", …} with text in `by` and `note`.',
};
