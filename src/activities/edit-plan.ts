import type { AnswerRefusal } from "../engine/judge-answer.ts";
import type { Gate } from "../protocol/gate.ts";
import { parsePlanBody } from "../specs/plan-body.ts";
import type { PlanRecord } from "../state/plan-port.ts";
import { issuesText } from "./error-text.ts";
import type { PlanPlace } from "./find-plan.ts";
import { newGate, planRule } from "./open-plan-gate.ts";
import { hashBody } from "./plan-references.ts";

/** A plan as a person made it at its gate, and the gate of that revision should more people have to approve it. */
export interface EditedPlan {
  readonly kind: "edited";
  readonly plan: PlanRecord;
  readonly gate: Gate;
}

/** What a person wants the plan to be. */
export interface PlanEdit {
  readonly document: unknown;
  readonly by: string;
  readonly at: string;
}

/** Checks an edited body like any other and stores it as the next revision. */
export async function storeEdit(
  place: PlanPlace,
  plan: PlanRecord,
  edit: PlanEdit,
): Promise<EditedPlan | AnswerRefusal> {
  const { spec: runtime } = place.binding;
  const spec = runtime.plans.find(({ name }) => name === plan.spec);
  if (spec === undefined) return invalid(`This worker has no plan "${plan.spec}".`);
  const kinds = runtime.references.map(({ name }) => name);
  const parsed = parsePlanBody(spec, edit.document, kinds);
  if (!parsed.ok) return invalid(issuesText(parsed.issues));
  const { body, document } = parsed;
  const current = await place.store.plans.current(place.planId);
  const held = current?.body.actions.flatMap((action) => action.references) ?? [];
  const hashed = await hashBody(place.store, { spec, body, held });
  if (!hashed.ok) return invalid(issuesText(hashed.issues));
  if (hashed.hash === plan.planHash) return invalid("The edit changes nothing; approve the plan as it is instead.");
  const { origin, workflowId, planId } = plan;
  const revision = { planId, body, document, origin, workflowId, spec: spec.name, specHash: spec.hash };
  const stored = await place.store.plans.storeRevision({ ...revision, planHash: hashed.hash, editedBy: edit.by });
  if (stored.kind === "not-draft") return { kind: "refused", code: "closed", message: `It is ${stored.plan.status}.` };
  const rule = planRule(place, stored.plan);
  return { kind: "edited", plan: stored.plan, gate: newGate(place, stored.plan, { rule, at: edit.at, opening: 0 }) };
}

function invalid(message: string): AnswerRefusal {
  return { kind: "refused", code: "invalid_edit", message };
}
