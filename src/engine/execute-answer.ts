import { preview } from "../lib/cap-text.ts";
import { PREVIEW_CHARS } from "../protocol/limits/text.ts";
import type { ActionRecord, DecisionRecord, PlanStatus } from "../protocol/plan.ts";
import { planOutcome } from "./action-ledger.ts";

/** A plan as the answer to `executePlan` needs it. */
export interface PlanAnswerInput {
  readonly planId: string;
  readonly revision: number;
  readonly actions: readonly ActionRecord[];
  /** The last decision that counted; null when there is none. */
  readonly decision: DecisionRecord | null;
  /** Why a plan failed that has no failed action, such as a reference that is gone. */
  readonly error?: { readonly message: string } | null;
}

/** What a model reads after `executePlan`: how the plan stands, what was applied, and what there is left to do. */
export function executeAnswer(status: PlanStatus, plan: PlanAnswerInput): string {
  return `Plan ${plan.planId}, revision ${plan.revision}, ${TELL[status](plan)}`;
}

const NOTHING = "Nothing was applied.";
const NEVER_AGAIN = "It is final and is never executed again.";

const TELL: Readonly<Record<PlanStatus, (plan: PlanAnswerInput) => string>> = {
  draft: ({ decision }) =>
    decision?.decision === "revise"
      ? `was sent back${byWhom(decision)}. ${NOTHING} Its planner may store the next revision under the same planId.`
      : `is a draft and waits for a person's decision. ${NOTHING}`,
  approved: () => `is approved and was not started yet. ${NOTHING}`,
  executing: ({ actions }) =>
    `is being executed: ${planOutcome(actions).applied.length} of ${actions.length} actions are applied so far. Do not start it again.`,
  executed: ({ actions }) => {
    const { entitiesAffected } = planOutcome(actions);
    return `is executed: all ${actions.length} actions are applied, ${entitiesAffected} entities affected. ${NEVER_AGAIN}`;
  },
  failed: tellFailed,
  rejected: ({ decision }) =>
    decision?.decision === "expire"
      ? `is rejected: nobody decided in time. ${NOTHING} ${NEVER_AGAIN}`
      : `was ${decision?.decision === "cancel" ? "cancelled" : "rejected"}${byWhom(decision)}. ${NOTHING} ${NEVER_AGAIN}`,
  expired: () => `has expired: nobody decided in time. ${NOTHING} ${NEVER_AGAIN}`,
};

function tellFailed({ actions, error }: PlanAnswerInput): string {
  const { applied, failed, notStarted, unknown, entitiesAffected } = planOutcome(actions);
  const parts = [
    ["applied", applied],
    ["failed", failed],
    ["unknown outcome (may have taken effect, a person must find out)", unknown],
    ["not started", notStarted],
  ] as const;
  const lines = parts
    .filter(([, indexes]) => indexes.length > 0)
    .map(([what, indexes]) => `${what}: ${ranges(indexes)}`);
  const reasons = actions.filter((action) => action.error !== null).slice(0, SHOWN_REASONS);
  return [
    `has failed, ${entitiesAffected} entities affected. ${NEVER_AGAIN}`,
    ...(error == null ? [] : [`reason: ${quoted(error.message)}`]),
    ...(lines.length === 0 ? [NOTHING] : ["Actions by index:", ...lines]),
    ...reasons.map((action) => `action ${action.index} (${action.kind}): ${quoted(action.error?.message ?? "")}`),
  ].join("\n");
}

/** The note stands whole: the planner works from it. */
function byWhom(decision: DecisionRecord | null): string {
  if (decision === null) return "";
  return ` by ${quoted(decision.by)}${decision.note === null ? "" : ` with the note ${JSON.stringify(decision.note)}`}`;
}

/** `0-2, 5`, cut where a hostile pattern would make it long. */
function ranges(indexes: readonly number[]): string {
  const runs: { readonly first: number; last: number }[] = [];
  for (const index of indexes) {
    const run = runs.at(-1);
    if (run?.last === index - 1) run.last = index;
    else runs.push({ first: index, last: index });
  }
  const shown = runs.slice(0, SHOWN_RUNS).map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
  return runs.length <= SHOWN_RUNS ? shown.join(", ") : `${shown.join(", ")}, … (${indexes.length} in all)`;
}

/** Quoted as JSON, so that nobody's words read as ours. */
function quoted(text: string): string {
  return JSON.stringify(preview(text, PREVIEW_CHARS));
}

const SHOWN_RUNS = 50;
const SHOWN_REASONS = 10;
