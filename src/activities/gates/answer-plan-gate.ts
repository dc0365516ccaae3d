import type { AnswerRefusal } from "../../engine/judge-answer.ts";
import { ANONYMOUS } from "../../engine/may-decide.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { Answered, AnswerInput } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { ActivityHost } from "../host.ts";
import { findPlan, type PlanPlace, planState, readPlan } from "../plans/find-plan.ts";
import { ANY_STATUS } from "../plans/tell-runs.ts";
import { recordedRefusal } from "./answer-record.ts";
import { applyDecision } from "./apply-decision.ts";
import { type EditedPlan, readEdit } from "./edit-plan.ts";
import { type GivenAnswer, readAnswer } from "./given-answer.ts";
import { tellDecision } from "./plan-gate-news.ts";
import {
  type AnswerSubject,
  type CountedAnswer,
  type RefusedAnswer,
  refusedAnswer,
  weighAnswer,
} from "./weigh-answer.ts";

/** A plan that is answered. */
interface AnsweredPlan {
  readonly place: PlanPlace;
  /** As it was when the answer was judged. */
  readonly plan: PlanRecord;
  readonly waiters: AnswerInput["waiters"];
}

/** Judges one answer to a plan's gate and records what came of it, counted or refused. An attempt that finds it recorded judges nothing. */
export async function answerPlanGate(host: ActivityHost, input: AnswerInput): Promise<Answered> {
  const place = await findPlan(host, input.ref);
  const plan = await readPlan(place);
  const given = readAnswer(input, plan.gate?.id ?? plan.planHash);
  if (given === null) return refused(plan, UNREADABLE);
  const answered = await settle({ place, plan, waiters: input.waiters }, given);
  host.crashPoints.pass("decision.recorded");
  return answered;
}

async function settle(answered: AnsweredPlan, given: GivenAnswer): Promise<Answered> {
  const { place, plan } = answered;
  const weighed = weighAnswer(given, await subjectOf(place, plan), place.binding.approvals);
  switch (weighed.kind) {
    case "recorded":
      return recorded(answered, weighed.record);
    case "refused":
      return refuse(answered, weighed);
    case "counted":
      return count(answered, given, weighed);
  }
}

/** A signature names the plan, not its gate: a signed answer that comes too late is told so, and not that it is forged. */
async function subjectOf({ binding, store, planId }: PlanPlace, plan: PlanRecord): Promise<AnswerSubject> {
  const { gate, status, planHash: contentHash, revision } = plan;
  const { tenant, workspace } = binding;
  return {
    gate,
    status,
    content: { gate: gate?.id ?? "", contentHash, revision },
    target: { tenant, workspace, subject: { kind: "plan", planId } },
    earlier: await store.plans.decisions(planId),
  };
}

/** What an attempt before this one recorded. */
async function recorded(answered: AnsweredPlan, record: DecisionRecord): Promise<Answered> {
  const code = recordedRefusal(record);
  if (code === null) return counted(answered, record, answered.plan);
  return refused(answered.plan, { kind: "refused", code, message: "The answer was refused." });
}

/** A refusal is kept for ever too. */
async function refuse({ place, plan }: AnsweredPlan, { record: decision, refusal }: RefusedAnswer): Promise<Answered> {
  const key = `refused:${decision.decisionId}:${decision.at}`;
  const changed = await place.store.plans.change({ key, planId: plan.planId, from: ANY_STATUS, decision });
  return refused(changed.plan, refusal);
}

async function count(answered: AnsweredPlan, given: GivenAnswer, weighed: CountedAnswer): Promise<Answered> {
  const { place, plan } = answered;
  const edited = await editOf(answered, given);
  if (edited?.kind === "refused") return refuse(answered, refusedAnswer(weighed.record, edited));
  const { kind, decision, plan: now } = await applyDecision({ place, plan }, weighed, edited);
  return kind === "conflict" ? refused(now, overtaken(now)) : counted(answered, decision, now);
}

/** Null for an answer that leaves the plan as it is. */
async function editOf(
  { place, plan }: AnsweredPlan,
  { answer, at }: GivenAnswer,
): Promise<EditedPlan | AnswerRefusal | null> {
  if (answer.decision !== "edit") return null;
  const { edits, editsHash, by = ANONYMOUS } = answer;
  return readEdit(place, plan, { edits, editsHash, by, at });
}

/** Between judging and writing someone else was first: with an end, or with other content. */
function overtaken({ status }: PlanRecord): AnswerRefusal {
  if (status !== "draft") return { kind: "refused", code: "closed", message: `It is ${status}.` };
  const message = "The content changed while the answer was judged; look at the new revision and answer that.";
  return { kind: "refused", code: "plan_hash_mismatch", message };
}

async function counted(
  { place, waiters }: AnsweredPlan,
  decision: DecisionRecord,
  plan: PlanRecord,
): Promise<Answered> {
  await tellDecision(place, decision, { plan, waiters });
  const { decisionId } = decision;
  const { status, gate } = plan;
  return {
    state: planState(plan),
    result: { kind: "counted", decisionId, status, waitsForMore: status === "draft" && gate !== null },
    settles: status !== "approved" && gate === null,
  };
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
