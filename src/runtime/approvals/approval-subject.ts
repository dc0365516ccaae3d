import type { AnswerTarget, Gate } from "../../protocol/gate.ts";
import type { ContentHash, RunId } from "../../protocol/ids.ts";
import { type DecisionRecord, PlanId, type PlanStatus } from "../../protocol/plan.ts";
import type { PlanRecord, OpenGate } from "../../state/plan-port.ts";
import type { ScopedStore } from "../../state/port.ts";

/** What an answer is about, as the store has it: a plan or one tool call. */
export interface ApprovalSubject {
  readonly workflowId: string;
  /** What a signed answer is for. */
  readonly subject: AnswerTarget["subject"];
  readonly gateId: string | null;
  /** The run that waits with a tool call; null for a plan, which waits for itself. */
  readonly runId: RunId | null;
  readonly status: PlanStatus | "open" | "closed";
  readonly contentHash: ContentHash;
  readonly revision: number;
  readonly decisions: () => Promise<readonly DecisionRecord[]>;
  /** Keeps a decision that changes nothing. */
  readonly keep: (decision: DecisionRecord) => Promise<unknown>;
}

/** Finds what waits under an id: a plan's own, or that of a gate. */
export async function findSubject(store: ScopedStore, id: string): Promise<ApprovalSubject | null> {
  const plan = await findPlanRecord(store, id);
  if (plan !== null) return planSubject(store, plan);
  const open = await store.gates.get(id);
  if (open === null) return null;
  const { subject } = open.gate;
  if (subject.kind === "tool") return toolSubject(store, open);
  const owner = await findPlanRecord(store, subject.planId);
  return owner === null ? null : planSubject(store, owner);
}

async function findPlanRecord({ plans }: ScopedStore, id: string): Promise<PlanRecord | null> {
  const planId = PlanId.safeParse(id);
  return planId.success ? plans.get(planId.data) : null;
}

function planSubject({ plans }: ScopedStore, plan: PlanRecord): ApprovalSubject {
  const { planId, workflowId, status, planHash, revision, gate } = plan;
  return {
    workflowId,
    subject: { kind: "plan", planId },
    gateId: gate?.id ?? null,
    runId: null,
    status,
    contentHash: planHash,
    revision,
    decisions: () => plans.decisions(planId),
    keep: (decision) =>
      plans.change({ key: `refused:${decision.decisionId}:${decision.at}`, planId, from: [status], decision }),
  };
}

function toolSubject({ gates }: ScopedStore, { gate, workflowId, runId, status }: OpenGate): ApprovalSubject {
  return {
    workflowId,
    subject: toolCall(gate),
    gateId: gate.id,
    runId,
    status,
    contentHash: gate.contentHash,
    revision: 1,
    decisions: () => gates.decisions(gate.id),
    keep: (decision) => gates.decide(gate.id, decision, false),
  };
}

function toolCall({ subject, id }: Gate): AnswerTarget["subject"] {
  if (subject.kind === "tool") return { kind: "tool", turn: subject.turn, callId: subject.callId };
  throw new Error(`gate ${id} is not one of a tool call`);
}
