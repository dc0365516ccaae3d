import { expect, test } from "vitest";
import { verificationText } from "../../../../src/cli/text/verification-text.ts";
import type { CheckedDecision } from "../../../../src/runtime/approvals/check-decision.ts";
import { HASH_A, NOON } from "../../../helpers/gate-question.ts";

function checked(more: Partial<CheckedDecision>): CheckedDecision {
  return {
    ...{ decisionId: "d", decision: "approve", by: "ann", at: NOON, gate: "g", contentHash: HASH_A, channel: "cli" },
    ...{ verdict: "verified", key: "k1", keyName: null, reason: null },
    ...more,
  } as const;
}

test("each decision says what its signature proves, and then what must not be", () => {
  const text = verificationText({
    kind: "plan",
    status: "executed",
    decisions: [
      checked({}),
      checked({ keyName: "ann" }),
      checked({ verdict: "unsigned", key: null, channel: "policy" }),
      checked({ verdict: "not-verified", key: null, by: "\u001b[2J", reason: "changed \u001b[2J" }),
    ],
    problems: ["bad"],
    notes: ["good to know"],
  });

  const start = `${NOON}  approve`;
  expect(text.split("\n")).toEqual([
    `${start}  ann      ${HASH_A}  verified k1`,
    `${start}  ann      ${HASH_A}  verified k1 (ann)`,
    `${start}  ann      ${HASH_A}  unsigned (policy)`,
    `${start}  \\x1b[2J  ${HASH_A}  NOT VERIFIED: changed \\x1b[2J`,
    "PROBLEM: bad",
    "note: good to know",
  ]);
});

test("without decisions that is said", () => {
  const text = verificationText({ kind: "tool", status: "open", decisions: [], problems: [], notes: [] });

  expect(text).toBe("nobody's decision counted");
});
