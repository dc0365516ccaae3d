import type { AnswerRefusal } from "../../engine/judge-answer.ts";
import { BridleError } from "../../protocol/errors.ts";
import type { Answer, Gate } from "../../protocol/gate.ts";
import { ContentHash } from "../../protocol/ids.ts";
import { readPlanBody } from "../../specs/plans/read-plan-body.ts";
import type { NumberedRevision, PlanRecord } from "../../state/plan-port.ts";
import { issuesText } from "../error-text.ts";
import type { PlanPlace } from "../plans/find-plan.ts";
import { newGate, ruleOf } from "./open-plan-gate.ts";

/** A plan as a person made it at its gate, and the gate of that revision should more people have to approve it. Nothing is stored yet. */
export interface EditedPlan {
  readonly kind: "edited";
  readonly revision: NumberedRevision;
  readonly gate: Gate;
}

/** What a person wants the plan to be, in the answer itself or stored before it. */
export interface PlanEdit extends Pick<Answer, "edits" | "editsHash"> {
  readonly by: string;
  readonly at: string;
}

/** Checks an edited body like any other. It is stored together with the decision. */
export async function readEdit(
  place: PlanPlace,
  plan: PlanRecord,
  edit: PlanEdit,
): Promise<EditedPlan | AnswerRefusal> {
  const { spec: runtime } = place.binding;
  const spec = runtime.plans.find(({ name }) => name === plan.spec);
  if (spec === undefined) return invalid(`This worker has no plan "${plan.spec}".`);
  const given = await editedBody(place, edit);
  if (given === null) return invalid("The edited body is not in the store any more; send it again.");
  const { planId, origin, workflowId } = plan;
  const read = await readPlanBody(place.store, { planId, spec, references: runtime.references, body: given.body });
  if (!read.ok) return invalid(issuesText(read.issues));
  const { body, document, planHash } = read;
  if (planHash === plan.planHash) return invalid("The edit changes nothing; approve the plan as it is instead.");
  const number = plan.revision + 1;
  const edited = { ...plan, revision: number, planHash };
  const gate = newGate(place, edited, { rule: ruleOf(place, edited), at: edit.at, opening: 0 });
  const mode = plan.gate?.mode === "signed" ? { mode: plan.gate.mode } : {};
  const head = { planId, origin, workflowId, number, planHash, editedBy: edit.by };
  return {
    kind: "edited",
    gate: { ...gate, ...mode },
    revision: { ...head, spec: spec.name, specHash: spec.hash, body, document },
  };
}

/** Null when the store has let go of it. */
async function editedBody({ store }: PlanPlace, edit: PlanEdit): Promise<{ readonly body: unknown } | null> {
  if (edit.editsHash === undefined) return { body: edit.edits };
  const hash = ContentHash.safeParse(edit.editsHash);
  if (!hash.success) return null;
  try {
    const stored: unknown = JSON.parse(Buffer.from(await store.blobs.get(hash.data)).toString("utf8"));
    return { body: stored };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof BridleError && error.code.startsWith("BLOB_"))) return null;
    throw error;
  }
}

function invalid(message: string): AnswerRefusal {
  return { kind: "refused", code: "invalid_edit", message };
}
