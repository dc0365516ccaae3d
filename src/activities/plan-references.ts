import type { ContentHash } from "../protocol/ids.ts";
import type { PlanBody, ReferenceHandle } from "../protocol/plan.ts";
import { type InputIssue, inputIssue } from "../specs/input-issue.ts";
import { planHash } from "../specs/plan-hash.ts";
import type { PlanSpec } from "../specs/plan.ts";
import type { ScopedStore } from "../state/port.ts";

/** The hash of a body with all that it refers to, or an issue for every reference that cannot be read. */
export type HashedBody =
  { readonly ok: true; readonly hash: ContentHash } | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** Finds every reference of a body and computes the hash that people approve. `held` are those that an open plan keeps alive. */
export async function hashBody(
  { references }: Pick<ScopedStore, "references">,
  { spec, body, held }: { readonly spec: PlanSpec; readonly body: PlanBody; readonly held: readonly ReferenceHandle[] },
): Promise<HashedBody> {
  const found: (ReferenceHandle & { readonly contentHash: ContentHash })[] = [];
  const issues: InputIssue[] = [];
  for (const [index, action] of body.actions.entries()) {
    for (const handle of action.references) {
      const record = await references.get(handle);
      const isHeld = held.some(({ kind, id }) => kind === handle.kind && id === handle.id);
      const isExpired = record?.expiresAt != null && !isHeld && Date.parse(record.expiresAt) <= Date.now();
      if (record !== null && !isExpired) found.push({ ...handle, contentHash: record.contentHash });
      else issues.push(referenceIssue(index, handle, isExpired));
    }
  }
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, hash: planHash({ body, specName: spec.name, specHash: spec.hash, references: found }) };
}

function referenceIssue(index: number, { kind, id }: ReferenceHandle, isExpired: boolean): InputIssue {
  const received = `${kind} "${id}", which ${isExpired ? "has expired" : "does not exist"}`;
  return inputIssue(`actions[${index}]`, "references that a tool created", received);
}
