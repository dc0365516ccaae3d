import type * as z from "zod";
import { describeValue } from "../describe-value.ts";
import { fieldPath, joinPath, valueAt } from "../field-path.ts";

/** One thing wrong with a value that a model or a caller sent. */
export interface InputIssue {
  /** Such as `actions[0].kind`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly received: string;
  readonly message: string;
}

/** A value with thousands of bad items is told by its first ones. */
const MAX_ISSUES = 50;

/** The issues of a failed parse, in words for the one who sent the value. */
export function inputIssues(issues: readonly z.core.$ZodIssue[], value: unknown): readonly InputIssue[] {
  return issues.flatMap((issue) => toInputIssues(issue, [], value)).slice(0, MAX_ISSUES);
}

/** One issue with its sentence. */
export function inputIssue(path: string, expected: string, received: string): InputIssue {
  return {
    path,
    expected,
    received,
    message: `${path === "" ? "the value" : path}: expected ${expected}, received ${received}`,
  };
}

function toInputIssues(issue: z.core.$ZodIssue, parent: readonly PropertyKey[], root: unknown): readonly InputIssue[] {
  const path = [...parent, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      inputIssue(joinPath(fieldPath(path), key), "no such field", describeValue(valueAt(root, [...path, key]))),
    );
  }
  const branch = issue.code === "invalid_union" ? closestBranch(issue.errors) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => toInputIssues(inner, path, root));
  const told = inputIssue(fieldPath(path), expectation(issue), describeValue(valueAt(root, path)));
  return [
    issue.code === "custom"
      ? { ...told, message: `${told.path === "" ? "the value" : told.path}: ${issue.message}` }
      : told,
  ];
}

/** The branch of a union that the value nearly fits: its type and its tags are right. Undefined when none or several do. */
function closestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const candidates = branches.filter((issues) => !issues.some(isOtherShape));
  return candidates.length === 1 ? candidates[0] : undefined;
}

function isOtherShape(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length === 0) return issue.code === "invalid_type" || issue.code === "invalid_value";
  return issue.path.length === 1 && issue.code === "invalid_value" && issue.values.length === 1;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return oneOf(issue.values.map((value) => describeValue(value)));
    case "too_small":
      return `${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unit(issue.origin)}`;
    case "too_big":
      return `${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}${unit(issue.origin)}`;
    case "invalid_format":
      return issue.pattern === undefined || issue.format !== "regex"
        ? `a valid ${issue.format}`
        : `text that matches ${issue.pattern}`;
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_key":
      return "an allowed field name";
    case "invalid_union":
      return unionExpectation(issue);
    default:
      return issue.message;
  }
}

const TYPE_NAMES: { readonly [type: string]: string } = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "an array",
  tuple: "an array",
  nonoptional: "a value",
  never: "no value",
};

function unit(origin: string): string {
  return { string: " characters", array: " items", object: " fields" }[origin] ?? "";
}

function unionExpectation(issue: z.core.$ZodIssueInvalidUnion): string {
  if ("options" in issue && Array.isArray(issue.options))
    return oneOf(issue.options.map((option) => describeValue(option)));
  const direct = issue.errors.flatMap((branch) => branch.filter((inner) => inner.path.length === 0).map(expectation));
  return direct.length === 0 ? "exactly one of the allowed shapes" : oneOf([...new Set(direct)]);
}

function oneOf(phrases: readonly string[]): string {
  return phrases.length === 1 ? (phrases[0] ?? "") : `one of ${phrases.join(", ")}`;
}
