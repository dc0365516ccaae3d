import type { ApprovalSetting } from "../protocol/approval.ts";
import { SpecError } from "../protocol/errors.ts";
import { TOOL_PREDICATE_PREFIX } from "../specs/approval.ts";
import type { ApprovalPredicates } from "../specs/hosted-app.ts";
import type { RuntimeSpec } from "../specs/runtime-spec.ts";

/** Fails when a rule of the spec asks a predicate that the program did not bring, or brought as something else than a function. */
export function checkPredicates({ manifest }: RuntimeSpec, predicates: ApprovalPredicates): void {
  const rules: readonly (ApprovalSetting | null)[] = [
    manifest.approvals.tools,
    ...Object.values(manifest.agents).flatMap(({ approval, tools, toolApprovals }) => [
      approval,
      ...tools.map((tool) => tool.approval),
      ...Object.values(toolApprovals),
    ]),
  ];
  const asked = rules.flatMap((rule) => (rule?.kind === "dynamic" ? [rule.value] : []));
  for (const value of new Set(asked)) {
    const isKnown = Object.hasOwn(predicates, value) && typeof predicates[value] === "function";
    if (!isKnown && !value.startsWith(TOOL_PREDICATE_PREFIX)) throw missing(value, Object.keys(predicates));
  }
}

function missing(value: string, known: readonly string[]): SpecError {
  const brought = known.length === 0 ? "none" : known.map((id) => JSON.stringify(id)).join(", ");
  return new SpecError(
    "SPEC_INVALID",
    `createRuntime(): a rule asks the predicate ${JSON.stringify(value)}; expected a function of that name in approvalPredicates, received ${brought}.`,
    { hint: `Add approvalPredicates: {${JSON.stringify(value)}: (args, ctx) => …} to the options.` },
  );
}
