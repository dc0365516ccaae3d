import { type SpecIssue, refuseIssues, unknownField } from "../specs/spec-issue.ts";
import type { RuntimeOptions } from "./options.ts";

const KNOWN = {
  app: true,
  workspace: true,
  dataEnvironment: true,
  folder: true,
  services: true,
  interpreter: true,
  testing: true,
  actionDispatcher: true,
  approvalPredicates: true,
  approvals: true,
  temporal: true,
  worker: true,
  store: true,
  home: true,
  knobs: true,
  onProgress: true,
} satisfies Record<keyof RuntimeOptions, true>;

/** Refuses an option that nobody reads: a mistyped one would quietly leave a program without its dispatcher or its store. */
export function refuseUnknownOptions(options: RuntimeOptions): void {
  const known = Object.keys(KNOWN);
  const issues: readonly SpecIssue[] = Object.keys(options)
    .filter((key) => !Object.hasOwn(KNOWN, key))
    .map((key) => unknownField(key, key, known));
  refuseIssues("createRuntime()", issues);
}
