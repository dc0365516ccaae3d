import { nearest } from "../lib/nearest.ts";
import { SpecError } from "../protocol/errors.ts";

/** One mistake in a declaration: the line that says it and the step that mends it. */
export interface SpecIssue {
  readonly line: string;
  readonly hint: string;
}

/** A field that holds something else than it should. An empty path means the declaration as a whole. */
export function wrongField(path: string, expected: string, received: string): SpecIssue {
  const field = path === "" ? "the definition" : path;
  return { line: `${field} must be ${expected}, received ${received}`, hint: `Change ${field} to ${expected}.` };
}

/** A field that must not be there. */
export function unwantedField(path: string, reason: string, received: string): SpecIssue {
  return { line: `${path} must be left out, because ${reason}, received ${received}`, hint: `Remove ${path}.` };
}

/** A field that nobody reads. */
export function unknownField(path: string, key: string, known: readonly string[]): SpecIssue {
  const suggestion = nearest(key, known);
  const expected = `expected one of ${[...known].sort().join(", ")}`;
  const meant = suggestion === undefined ? "" : `; did you mean "${suggestion}"?`;
  return {
    line: `${path} is an unknown field: ${expected}, received "${key}"${meant}`,
    hint: suggestion === undefined ? `Remove ${path}.` : `Rename ${path} to "${suggestion}".`,
  };
}

/** Throws one error that tells every mistake, or does nothing when there is none. */
export function refuseIssues(subject: string, issues: readonly SpecIssue[]): void {
  if (issues.length > 0) throw specError(subject, issues);
}

/** One error that tells every mistake, one a line. */
export function specError(subject: string, issues: readonly SpecIssue[]): SpecError {
  const lines = issues.map((issue) => issue.line);
  const message = lines.length === 1 ? `${subject}: ${lines.join()}` : `${subject}:\n  ${lines.join("\n  ")}`;
  const others = issues.length > 1 ? " Then correct the other fields named." : "";
  return new SpecError("SPEC_INVALID", message, { hint: `${issues[0]?.hint ?? ""}${others}` });
}

/** `defineTool("search")`, or `defineTool()` when the name cannot be shown. */
export function specSubject(call: string, name: unknown): string {
  return typeof name === "string" && name.length <= 64 ? `${call}(${JSON.stringify(name)})` : `${call}()`;
}
