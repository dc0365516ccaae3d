import { planIdInput } from "../../../specs/plans/plan-tools.ts";
import { unknownPlan } from "../../plans/unknown-plan.ts";
import type { PlanToolStep } from "./plan-tool-step.ts";
import { readArgs } from "./read-args.ts";

/** What an agent sees of a stored plan. */
export async function getPlan({ place }: PlanToolStep, args: unknown): Promise<unknown> {
  const { plans } = place.store;
  const { planId } = readArgs(planIdInput(), args);
  const plan = await plans.get(planId);
  if (plan === null) throw unknownPlan(planId);
  const [current, decisions, actions] = await Promise.all([
    plans.current(planId),
    plans.decisions(planId),
    plans.actions(planId),
  ]);
  const { spec, status, revision, planHash, result, error } = plan;
  return {
    planId,
    specName: spec,
    status,
    revision,
    planHash,
    body: current?.document ?? null,
    decisions: decisions
      .filter(({ refused }) => refused === null)
      .map(({ decision, by, at, note, revision: on }) => ({ decision, by, at, note, revision: on })),
    actions: actions.map(({ index, kind, state, entitiesAffected, summary, error: why }) => ({
      index,
      kind,
      state,
      entitiesAffected,
      summary,
      error: why?.message ?? null,
    })),
    result,
    error,
  };
}
