import type * as z from "zod";
import { describeSecret, describeValue } from "./describe-value.ts";
import { fieldPath, joinPath, valueAt } from "./field-path.ts";
import { specError, type SpecIssue, specSubject, unknownField, wrongField } from "./spec-issue.ts";

/**
 * Checks a declaration against a schema whose messages are phrases that complete "must be …" (see spec-fields.ts).
 * Credentials never get into a message: below `providers` a string is told by its length only.
 */
export function parseSpec<Value>(call: string, schema: z.ZodType<Value>, definition: unknown): Value {
  const result = schema.safeParse(definition);
  if (result.success) return result.data;
  const subject = specSubject(call, valueAt(definition, ["name"]));
  throw specError(subject, specIssues(result.error.issues, definition));
}

/** The mistakes behind zod's issues about a declaration. */
export function specIssues(issues: readonly z.core.$ZodIssue[], definition: unknown): readonly SpecIssue[] {
  return issues.flatMap((issue) => toSpecIssues(issue, [], definition));
}

function toSpecIssues(
  issue: z.core.$ZodIssue,
  parent: readonly PropertyKey[],
  definition: unknown,
): readonly SpecIssue[] {
  const path = [...parent, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(",");
    return issue.keys.map((key) => unknownField(joinPath(fieldPath(path), key), key, known));
  }
  const branch = issue.code === "invalid_union" ? intendedBranch(issue.errors) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => toSpecIssues(inner, path, definition));
  const value = valueAt(definition, path);
  return [
    wrongField(
      fieldPath(path),
      issue.message,
      path.includes("providers") ? describeSecret(value) : describeValue(value),
    ),
  ];
}

/** The one branch of a union that the author was writing: right type, right kind, wrong details. */
function intendedBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const candidates = branches.filter((issues) => !issues.some(isOtherShape));
  return candidates.length === 1 ? candidates[0] : undefined;
}

function isOtherShape(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length === 0) return issue.code !== "unrecognized_keys";
  return issue.code === "invalid_value" && issue.path.length === 1 && issue.path[0] === "kind";
}
