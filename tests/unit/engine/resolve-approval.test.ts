import { expect, test } from "vitest";
import { resolvePlanApproval, resolveToolApproval } from "../../../src/engine/resolve-approval.ts";
import type { ApprovalRule, ApprovalSetting } from "../../../src/protocol/approval.ts";

const absent = undefined;
const byDefault = { kind: "default" } as const;
const never = { kind: "never" } as const;
const always = { kind: "always" } as const;
const dynamic = { kind: "dynamic", value: "p" } as const;
const four: ApprovalRule = {
  kind: "always",
  approvers: ["ann", "eve"],
  min: 2,
  notRequester: true,
  expiresInMs: 9,
  onExpire: "reject",
};

/** Runtime, agent, the tool itself, the agent about the tool, and the rule that holds. */
type Row = readonly [
  runtime: ApprovalRule,
  agent: ApprovalSetting | undefined,
  tool: ApprovalSetting | undefined,
  toolApproval: ApprovalSetting | undefined,
  rule: ApprovalRule,
];

const toolRows: readonly Row[] = [
  [never, absent, absent, absent, never],
  [always, absent, absent, absent, always],
  [dynamic, absent, absent, absent, dynamic],
  [four, absent, absent, absent, four],
  [never, byDefault, absent, absent, never],
  [always, byDefault, absent, absent, always],
  [four, byDefault, absent, absent, four],
  [dynamic, byDefault, byDefault, byDefault, dynamic],
  [never, byDefault, byDefault, byDefault, never],
  [always, byDefault, byDefault, byDefault, always],
  [never, always, absent, absent, always],
  [always, never, absent, absent, never],
  [four, never, absent, absent, never],
  [four, always, absent, absent, always],
  [never, four, absent, absent, four],
  [always, four, absent, absent, four],
  [dynamic, always, absent, absent, always],
  [dynamic, never, absent, absent, never],
  [always, always, absent, absent, always],
  [never, never, absent, absent, never],
  [never, byDefault, always, absent, always],
  [never, byDefault, never, absent, never],
  [never, byDefault, dynamic, absent, dynamic],
  [never, byDefault, four, absent, four],
  [always, byDefault, never, absent, never],
  [always, byDefault, always, absent, always],
  [always, byDefault, dynamic, absent, dynamic],
  [always, byDefault, four, absent, four],
  [four, byDefault, always, absent, always],
  [four, byDefault, never, absent, never],
  [never, always, never, absent, never],
  [never, always, always, absent, always],
  [never, always, dynamic, absent, dynamic],
  [never, always, four, absent, four],
  [never, never, always, absent, always],
  [never, never, dynamic, absent, dynamic],
  [always, never, always, absent, always],
  [always, never, four, absent, four],
  [always, always, never, absent, never],
  [never, four, always, absent, always],
  [never, four, never, absent, never],
  [never, four, byDefault, absent, four],
  [never, always, byDefault, absent, always],
  [always, never, byDefault, absent, never],
  [never, byDefault, absent, always, always],
  [never, byDefault, absent, four, four],
  [never, byDefault, absent, dynamic, dynamic],
  [always, byDefault, absent, never, never],
  [always, byDefault, absent, dynamic, dynamic],
  [always, byDefault, absent, byDefault, always],
  [never, always, absent, never, never],
  [never, always, absent, byDefault, always],
  [always, never, absent, always, always],
  [always, never, absent, byDefault, never],
  [never, byDefault, always, never, never],
  [never, byDefault, always, byDefault, always],
  [never, byDefault, never, always, always],
  [never, byDefault, never, dynamic, dynamic],
  [never, byDefault, dynamic, never, never],
  [never, byDefault, dynamic, always, always],
  [never, byDefault, dynamic, byDefault, dynamic],
  [never, byDefault, four, always, always],
  [never, byDefault, always, four, four],
  [always, byDefault, never, byDefault, never],
  [always, byDefault, never, four, four],
  [never, always, never, always, always],
  [never, always, never, byDefault, never],
  [never, always, dynamic, never, never],
  [never, never, always, never, never],
  [never, never, never, always, always],
  [always, always, always, never, never],
  [always, always, always, byDefault, always],
  [always, always, always, dynamic, dynamic],
  [four, four, four, never, never],
  [four, always, never, byDefault, never],
  [four, byDefault, byDefault, never, never],
];

test("the table of tools is large enough to be worth its name", () => {
  expect(new Set(toolRows.map((row) => JSON.stringify(row))).size).toBeGreaterThanOrEqual(60);
});

test.each(toolRows.map((row) => ({ row })))("runtime, agent, tool, toolApprovals, rule of a tool: $row", ({ row }) => {
  const [runtime, agent = byDefault, tool = null, toolApproval, rule] = row;

  expect(resolveToolApproval({ runtime, agent, tool, toolApproval })).toEqual(rule);
});

const planRows: readonly (readonly [runtime: ApprovalRule, agent: ApprovalSetting, rule: ApprovalRule])[] = [
  [always, byDefault, always],
  [always, never, never],
  [always, always, always],
  [always, four, four],
  [never, byDefault, never],
  [never, never, never],
  [never, always, always],
  [never, four, four],
  [four, byDefault, four],
  [four, never, never],
  [four, always, always],
  [always, dynamic, always],
  [never, dynamic, always],
  [dynamic, byDefault, always],
  [dynamic, never, never],
  [dynamic, four, four],
];

test.each(planRows)("a plan: runtime %j, agent %j gives %j", (runtime, agent, rule) => {
  expect(resolvePlanApproval({ runtime, agent })).toEqual(rule);
});
