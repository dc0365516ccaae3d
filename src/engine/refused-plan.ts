import { InputError } from "../protocol/errors.ts";
import type { PlanId, PlanStatus } from "../protocol/plan.ts";
import { PLAN_REQUESTERS } from "../protocol/limits/plan.ts";
import { UNMEETABLE_HINT } from "./why-unmeetable.ts";

/** The error for a plan whose gate nobody could ever satisfy. */
export function unmeetablePlan(planId: PlanId, why: string): InputError {
  const message = `Plan "${planId}" was not stored, because nobody could ever have it approved: ${why}.`;
  return new InputError("APPROVAL_IMPOSSIBLE", message, { hint: UNMEETABLE_HINT });
}

/** The error for storing over a plan that is past its drafts. */
export function notDraftPlan({ planId, status }: { readonly planId: PlanId; readonly status: PlanStatus }): InputError {
  return new InputError(
    "PLAN_NOT_DRAFT",
    `Plan "${planId}" is ${status} and takes no more revisions. Nothing was stored.`,
    {
      hint: "Use another planId for another plan.",
    },
  );
}

/** A plan that somebody wants to store over. */
export interface StoredPlan {
  readonly planId: PlanId;
  /** The agent that stored it; null for a program. */
  readonly origin: { readonly agent: string | null };
}

/**
 * The error for a revision by another agent than the one whose plan it is: the rule goes with the agent, and the next revision must not
 * choose another one.
 */
export function otherAgentsPlan({ planId, origin }: StoredPlan, agent: string | null): InputError {
  const message = `Plan "${planId}" was stored by ${authorText(origin.agent)}, and nobody else may store a revision of it; received one by ${authorText(agent)}. Nothing was stored.`;
  return new InputError("PLAN_CONFLICT", message, { hint: "Use another planId for another plan." });
}

/** The error for a revision that one person more than a plan remembers asks for. */
export function tooManyAskers({ planId }: StoredPlan): InputError {
  const message = `Plan "${planId}" has revisions that ${PLAN_REQUESTERS} different people asked for, which is the most; nothing was stored for another one.`;
  return new InputError("PLAN_CONFLICT", message, { hint: "Use another planId for another plan." });
}

function authorText(agent: string | null): string {
  return agent === null ? "a program" : `agent "${agent}"`;
}
