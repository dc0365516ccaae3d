import * as z from "zod";
import type { Json, JsonObject } from "../../protocol/json.ts";
import { type PlanAction, ReferenceHandle } from "../../protocol/plan.ts";
import { describeValue } from "../describe-value.ts";
import { distinctHandles, findReferences } from "../references/find-references.ts";
import { type InputIssue, inputIssue } from "../schemas/input-issue.ts";
import { isJsonObject } from "../schemas/is-json-object.ts";

/** An action in the form that is stored, or what is wrong with it. */
export type NormalisedAction =
  { readonly ok: true; readonly action: PlanAction } | { readonly ok: false; readonly issues: readonly InputIssue[] };

/**
 * Takes the kind out of an action and lists the references in the rest. The payload keeps every other field, also those that hold
 * references. An action that is `{kind, payload, references}` already keeps its payload; references it did not list are added.
 */
export function normaliseAction(action: Json, path: string, referenceKinds: readonly string[]): NormalisedAction {
  if (!isJsonObject(action)) return { ok: false, issues: [inputIssue(path, "an object", describeValue(action))] };
  const { kind, ...rest } = action;
  if (typeof kind !== "string" || kind.trim() === "")
    return { ok: false, issues: [inputIssue(`${path}.kind`, "a non-blank string", describeValue(kind))] };
  const normal = NormalForm.safeParse(action);
  const { payload, references: listed = [] } = normal.success ? normal.data : { payload: rest };
  const issues = listed.flatMap((handle, index) =>
    referenceKinds.includes(handle.kind)
      ? []
      : [
          inputIssue(
            `${path}.references[${index}].kind`,
            `a registered kind of reference (${referenceKinds.join(", ") || "there is none"})`,
            describeValue(handle.kind),
          ),
        ],
  );
  if (issues.length > 0) return { ok: false, issues };
  const references = distinctHandles([...listed, ...findReferences(payload, referenceKinds)]);
  return { ok: true, action: { kind, payload, references } };
}

const NormalForm = z.strictObject({
  kind: z.string(),
  payload: z.custom<JsonObject>(isObject),
  references: z.array(ReferenceHandle).readonly().optional(),
});

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
