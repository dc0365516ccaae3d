import type { ContentHash } from "../../protocol/ids.ts";
import type { PlanBody, ReferenceHandle } from "../../protocol/plan.ts";
import { type InputIssue, inputIssue } from "../schemas/input-issue.ts";
import type { PlanSpec } from "./plan.ts";
import { planHash } from "./plan-hash.ts";

/** The hash of a body with all that it refers to, or an issue for every reference that cannot be read. */
export type HashedPlanBody =
  { readonly ok: true; readonly hash: ContentHash } | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** What a body's hash is made of. `held` are references that an open plan keeps beyond their time. */
export interface HashablePlanBody {
  readonly spec: Pick<PlanSpec, "name" | "hash">;
  readonly body: PlanBody;
  readonly held: readonly ReferenceHandle[];
}

/** The part of a store that finds references. */
export interface ReferenceSource {
  get(
    handle: ReferenceHandle,
  ): Promise<{ readonly contentHash: ContentHash; readonly expiresAt: string | null } | null>;
}

/** Finds every reference of a body and computes the hash that people approve. */
export async function hashPlanBody(
  references: ReferenceSource,
  { spec, body, held }: HashablePlanBody,
): Promise<HashedPlanBody> {
  const found: (ReferenceHandle & { readonly contentHash: ContentHash })[] = [];
  const issues: InputIssue[] = [];
  for (const [index, action] of body.actions.entries()) {
    for (const { kind, id } of action.references) {
      const record = await references.get({ kind, id });
      const isHeld = held.some((handle) => handle.kind === kind && handle.id === id);
      const isExpired = record !== null && !isHeld && isPast(record.expiresAt);
      if (record !== null && !isExpired) found.push({ kind, id, contentHash: record.contentHash });
      else issues.push(referenceIssue(index, { kind, id }, isExpired));
    }
  }
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, hash: planHash({ body, specName: spec.name, specHash: spec.hash, references: found }) };
}

function isPast(time: string | null): boolean {
  return time !== null && Date.parse(time) <= Date.now();
}

function referenceIssue(index: number, { kind, id }: ReferenceHandle, isExpired: boolean): InputIssue {
  const received = `${kind} "${id}", which ${isExpired ? "has expired" : "does not exist"}`;
  return inputIssue(`actions[${index}]`, "references that exist", received);
}
