import { expect, test } from "vitest";
import { resolveToolApproval } from "../../../src/engine/resolve-approval.ts";
import type { ApprovalSetting } from "../../../src/protocol/approval.ts";

const never = { kind: "never" } as const;
const always = { kind: "always" } as const;
const byDefault = { kind: "default" } as const;
const dynamic = { kind: "dynamic", value: "p" } as const;

interface Row {
  readonly floor: typeof never | typeof always;
  readonly agent: ApprovalSetting;
  readonly tool: ApprovalSetting | null;
  readonly override: ApprovalSetting | undefined;
  readonly rule: ApprovalSetting;
}

const rows: readonly Row[] = [
  { floor: never, agent: byDefault, tool: null, override: undefined, rule: never },
  { floor: always, agent: byDefault, tool: null, override: undefined, rule: always },
  { floor: never, agent: always, tool: null, override: undefined, rule: always },
  { floor: always, agent: never, tool: null, override: undefined, rule: never },
  { floor: never, agent: never, tool: always, override: undefined, rule: always },
  { floor: always, agent: always, tool: never, override: undefined, rule: never },
  { floor: always, agent: byDefault, tool: byDefault, override: byDefault, rule: always },
  { floor: never, agent: byDefault, tool: always, override: never, rule: never },
  { floor: never, agent: byDefault, tool: never, override: dynamic, rule: dynamic },
  { floor: never, agent: byDefault, tool: dynamic, override: byDefault, rule: dynamic },
];

test.each(rows)("the narrowest layer that speaks wins: %j", ({ floor, agent, tool, override, rule }) => {
  expect(resolveToolApproval({ floor, agent, tool, toolApproval: override })).toEqual(rule);
});
