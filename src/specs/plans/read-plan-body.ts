import type { ContentHash } from "../../protocol/ids.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { PlanBody, PlanId } from "../../protocol/plan.ts";
import { isUndoId } from "../../protocol/undo-id.ts";
import type { ReferenceSpec } from "../references/reference.ts";
import { type InputIssue, inputIssue } from "../schemas/input-issue.ts";
import { hashPlanBody, type ReferenceSource } from "./hash-plan-body.ts";
import type { PlanSpec } from "./plan.ts";
import { parsePlanBody } from "./plan-body.ts";

/** A body that may be stored, with the hash that people approve, or everything that is wrong with it. */
export type ReadPlanBody =
  | { readonly ok: true; readonly body: PlanBody; readonly document: JsonObject; readonly planHash: ContentHash }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** The part of a store that a body is checked against. */
export interface PlanSources {
  readonly references: ReferenceSource;
  readonly plans: { current(planId: PlanId): Promise<{ readonly body: PlanBody } | null> };
}

/** A body on its way to become the next revision of a plan, whoever wrote it: a model, a host program, or a person at the gate. */
export interface GivenPlanBody {
  readonly planId: PlanId;
  readonly spec: PlanSpec;
  /** The kinds of references that the runtime registers. */
  readonly references: readonly ReferenceSpec[];
  readonly body: unknown;
}

/** Checks and hashes a body. References that the revision before it has are held by the plan beyond their time. */
export async function readPlanBody(store: PlanSources, given: GivenPlanBody): Promise<ReadPlanBody> {
  const { planId, spec, references } = given;
  if (isUndoId(planId)) return { ok: false, issues: [inputIssue("planId", NO_UNDO, JSON.stringify(planId))] };
  const kinds = references.map(({ name }) => name);
  const parsed = parsePlanBody(spec, given.body, kinds);
  if (!parsed.ok) return parsed;
  const { body, document } = parsed;
  const current = await store.plans.current(planId);
  const held = current?.body.actions.flatMap((action) => action.references) ?? [];
  const hashed = await hashPlanBody(store.references, { spec, body, held });
  return hashed.ok ? { ok: true, body, document, planHash: hashed.hash } : hashed;
}

const NO_UNDO =
  "an id that does not end as those of undos, which are made by `bridle plans compensate` and take no edit";
