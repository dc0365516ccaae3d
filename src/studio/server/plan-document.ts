import type { ActionRecord, DecisionRecord } from "../../protocol/plan.ts";
import type { PlanCancelled } from "../../runtime/plans/cancel-plan.ts";
import type { PlanCard } from "../../runtime/plans/plan-card.ts";
import type { PlanGate } from "../../runtime/plans/plan-gates.ts";
import type { PlanRecord, PlanRevision } from "../../state/plan-port.ts";

/** A plan in lists, as scripts see it. */
export interface PlanSummary extends Pick<
  PlanRecord,
  "planId" | "spec" | "status" | "planHash" | "revision" | "workflowId" | "createdAt" | "updatedAt"
> {
  readonly schemaVersion: 1;
  readonly runId: string | null;
  readonly agent: string | null;
  readonly requestedBy: string;
  /** Who else asked for an earlier revision. */
  readonly alsoAskedBy: readonly string[];
  /** What waits for a person; null when nothing does. */
  readonly gate: { readonly id: string; readonly openedAt: string; readonly deadline: string | null } | null;
  readonly entitiesAffected: number | null;
  readonly error?: NonNullable<PlanRecord["error"]>;
}

/** The stable document of a plan. */
export interface PlanDocument extends PlanSummary {
  readonly actions: readonly Pick<ActionRecord, "index" | "kind" | "state" | "idempotencyKey" | "attempts">[];
  readonly decisions: readonly Pick<DecisionRecord, "decisionId" | "decision" | "by" | "at" | "authn" | "channel">[];
  /** The plans that took back what this one applied, oldest first. */
  readonly undos: readonly Pick<PlanRecord, "planId" | "status">[];
  /** All of the plan as people are shown it. What models wrote in it is text and nothing else. */
  readonly card: PlanCard;
  /** With the audit: every content that the plan had, oldest first. */
  readonly revisions?: readonly PlanRevision[];
  /** With the audit: what was required of people, and what they decided. */
  readonly gates?: readonly PlanGate[];
}

/** What a plan's document is made of besides the plan. */
export interface PlanDocumentParts {
  readonly actions: readonly ActionRecord[];
  /** Every answer, the refused ones too. */
  readonly answers: readonly DecisionRecord[];
  readonly undos: readonly PlanRecord[];
  readonly card: PlanCard;
  /** Given to show every answer too, with all that is known of it and of the actions. */
  readonly audit: { readonly revisions: readonly PlanRevision[]; readonly gates: readonly PlanGate[] } | null;
}

/** A plan with its actions and the answers that counted. */
export function planDocument(plan: PlanRecord, parts: PlanDocumentParts): PlanDocument {
  const { actions, answers, audit, card } = parts;
  const undos = parts.undos.map(({ planId, status }) => ({ planId, status }));
  if (audit !== null) return { ...planSummary(plan), card, actions, decisions: answers, undos, ...audit };
  const counted = answers.filter(({ refused }) => refused === null);
  return {
    ...planSummary(plan),
    card,
    actions: actions.map(({ index, kind, state, idempotencyKey, attempts }) => ({
      index,
      kind,
      state,
      idempotencyKey,
      attempts,
    })),
    decisions: counted.map(({ decisionId, decision, by, at, authn, channel }) => ({
      decisionId,
      decision,
      by,
      at,
      authn,
      channel,
    })),
    undos,
  };
}

/** How far a plan got that somebody wants stopped, as scripts see it. */
export interface CancelDocument {
  readonly schemaVersion: 1;
  readonly planId: string;
  readonly status: PlanRecord["status"];
  /** `asked` while the plan has not ended, `ended` when there was nothing to stop. */
  readonly kind: PlanCancelled["kind"];
  readonly actions: { readonly count: number; readonly applied: number; readonly inDoubt: readonly number[] };
  /** Whose cancel counted; null while none did. */
  readonly cancelledBy: Pick<DecisionRecord, "by" | "at" | "channel"> | null;
}

/** The document of what came of cancelling a plan. */
export function cancelDocument({ kind, plan, actions, applied, inDoubt, decision }: PlanCancelled): CancelDocument {
  const { planId, status } = plan;
  return {
    schemaVersion: 1,
    planId,
    status,
    kind,
    actions: { count: actions.length, applied, inDoubt },
    cancelledBy: decision === null ? null : { by: decision.by, at: decision.at, channel: decision.channel },
  };
}

/** The part of a plan's document that lists show. */
export function planSummary(plan: PlanRecord): PlanSummary {
  const { planId, spec, status, planHash, revision, workflowId, createdAt, updatedAt } = plan;
  const { origin, alsoAskedBy, gate, result, error } = plan;
  const { runId, agent, requestedBy } = origin;
  return {
    schemaVersion: 1,
    planId,
    spec,
    status,
    planHash,
    revision,
    workflowId,
    runId,
    agent,
    requestedBy,
    alsoAskedBy,
    gate: gate === null ? null : { id: gate.id, openedAt: gate.openedAt, deadline: gate.deadline },
    entitiesAffected: result?.entitiesAffected ?? null,
    createdAt,
    updatedAt,
    ...(error === null ? {} : { error }),
  };
}
