import type { ErrorInfo } from "../protocol/errors.ts";
import type { InputIssue } from "../specs/schemas/input-issue.ts";

/** An error as a model reads it in a tool result. */
export function errorText({ code, message, hint }: ErrorInfo): string {
  if (hint === undefined) return `${code}: ${message}`;
  return `${code}: ${message}${/[.!?:]$/u.test(message) ? "" : "."} ${hint}`;
}

/** What is wrong with a model's arguments, one line each. */
export function issuesText(issues: readonly InputIssue[]): string {
  return issues.map((issue) => `- ${issue.message}`).join("\n");
}
