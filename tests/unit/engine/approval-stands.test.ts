import { expect, test } from "vitest";
import { approvalStands, POLICY, type StandingApproval } from "../../../src/engine/approval-stands.ts";
import { decision, gateOn, HASH_A, HASH_B } from "../../helpers/gate-question.ts";

const one = { kind: "always" } as const;
const two = { kind: "always", min: 2 } as const;
const never = { kind: "never" } as const;
const bo = decision({ decisionId: "d2", by: "bo" });

function stands(more: Partial<StandingApproval>): boolean {
  const approval = { gate: gateOn(one), planHash: HASH_A, revision: 1, decisions: [decision()], mode: "open" } as const;
  return approvalStands({ ...approval, ...more });
}

const byPolicy = decision({ by: "policy", channel: POLICY });
const edit = decision({ decision: "edit", contentHash: HASH_B, revision: 2 });

test.for<readonly [title: string, asked: Partial<StandingApproval>, expected: boolean]>([
  ["one approval where one is asked for", {}, true],
  ["no recorded gate", { gate: null }, false],
  ["no decision", { decisions: [] }, false],
  ["an approval of the same content at another gate", { decisions: [decision({ gate: "gate_0" })] }, false],
  ["an approval of other content", { decisions: [decision({ contentHash: HASH_B })] }, false],
  ["an approval of the same content in an earlier revision", { revision: 3 }, false],
  ["a refused approval", { decisions: [decision({ refused: "forbidden" })] }, false],
  ["a rejection", { decisions: [decision({ decision: "reject" })] }, false],
  ["an edit at the gate of the revision before it", { decisions: [edit], planHash: HASH_B, revision: 2 }, true],
  ["one of two", { gate: gateOn(two) }, false],
  ["two of two", { gate: gateOn(two), decisions: [decision(), bo] }, true],
  ["the same person twice", { gate: gateOn(two), decisions: [decision(), decision({ by: " ANN" })] }, false],
  [
    "an edit and an approval of two",
    { gate: gateOn(two), decisions: [bo, edit], planHash: HASH_B, revision: 2 },
    false,
  ],
  [
    "two approvals of a gate on other content",
    { gate: gateOn(two, { contentHash: HASH_B }), decisions: [decision(), bo] },
    false,
  ],
  [
    "someone who may not",
    { gate: gateOn({ kind: "always", notRequester: true }), decisions: [decision({ by: "planner" })] },
    false,
  ],
  ["an unsigned approval where answers are signed", { mode: "signed" }, false],
  [
    "an unsigned approval of a gate that opened where answers are signed",
    { gate: gateOn(one, { mode: "signed" }) },
    false,
  ],
  ["a signed one", { mode: "signed", decisions: [decision({ authn: "signature" })] }, true],
  ["the policy, where it asks nobody", { gate: gateOn(never), decisions: [byPolicy] }, true],
  ["the policy, where answers are signed", { gate: gateOn(never), decisions: [byPolicy], mode: "signed" }, true],
  ["the policy, where a person is asked for in signed mode", { decisions: [byPolicy], mode: "signed" }, false],
  ["a person, where only the policy was asked", { gate: gateOn(never) }, false],
])("%s", ([, asked, expected]) => {
  expect(stands(asked)).toBe(expected);
});
