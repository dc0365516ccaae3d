import { stableJson } from "../../lib/stable-json.ts";
import { BridleError } from "../../protocol/errors.ts";
import type { Answer } from "../../protocol/gate.ts";
import { ContentHash } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import type { DecisionRecord, PlanId } from "../../protocol/plan.ts";
import { normaliseAction } from "../../specs/plans/normalise-action.ts";
import type { PlanRevision } from "../../state/plan-port.ts";
import type { ScopedStore } from "../../state/port.ts";

/** Why the revision that a signed edit made is not the body that was signed; null when it is, and for what is no edit. */
export async function whyOtherEdit(
  store: ScopedStore,
  planId: PlanId,
  { signed, contentHash }: DecisionRecord,
): Promise<string | null> {
  if (signed?.decision !== "edit" || signed.contentHash === contentHash) return null;
  const revision = (await store.plans.revisions(planId)).find(({ planHash }) => planHash === contentHash);
  if (revision === undefined) return `There is no revision ${contentHash}, which the edit is said to have made.`;
  const given = await signedBody(store, signed);
  if (given === null) return "The body that was signed with the edit is not in the store any more.";
  const isSame = stableJson(given.body) === stableJson(revision.document) && isBodyOf(revision);
  return isSame ? null : `Revision ${revision.revision} is not the body that was signed with the edit.`;
}

/** Null when the store has no such content. */
async function signedBody({ blobs }: ScopedStore, answer: Answer): Promise<{ readonly body: unknown } | null> {
  if (answer.editsHash === undefined) return { body: answer.edits };
  const hash = ContentHash.safeParse(answer.editsHash);
  if (!hash.success) return null;
  try {
    const body: unknown = JSON.parse(Buffer.from(await blobs.get(hash.data)).toString("utf8"));
    return { body };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof BridleError && error.code.startsWith("BLOB_"))) return null;
    throw error;
  }
}

/** What is applied is the body, and what people edit is the document: one must follow from the other. */
function isBodyOf({ document, body }: PlanRevision): boolean {
  const { actions, ...context } = document;
  if (!Array.isArray(actions) || actions.length !== body.actions.length) return false;
  const kinds = body.actions.flatMap(({ references }) => references.map(({ kind }) => kind));
  return (
    stableJson(context) === stableJson(body.context) &&
    actions.every((action: Json, index) => {
      const normal = normaliseAction(action, `actions[${index}]`, kinds);
      return normal.ok && stableJson(normal.action) === stableJson(body.actions[index]);
    })
  );
}
