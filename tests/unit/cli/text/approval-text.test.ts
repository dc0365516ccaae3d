import { expect, test } from "vitest";
import { approvalText } from "../../../../src/cli/text/approval-text.ts";
import { ThreadId } from "../../../../src/protocol/ids.ts";
import { decision, hashOf, toolGate } from "../../../helpers/plan-records.ts";

test("a call reads well with all of its arguments, and nothing in it moves the cursor or passes for a line of ours", () => {
  const open = toolGate("gate_1");
  const gate = { ...open.gate, rule: { kind: "always", min: 2 } as const, reason: "it\u001b[2J failed" };
  const args = { note: "line\nstatus  closed", to: "\u202Eevil" };

  const text = approvalText(
    { ...open, gate, threadId: ThreadId.parse("t1"), args, decisions: [], refusedCount: 0, outcome: null },
    null,
  );

  expect(text.split("\n")).toEqual([
    "gate       gate_1",
    "status     waits for a person",
    `hash       ${gate.contentHash}`,
    "tool       query",
    "asked by   ann, who may answer",
    "because    it\\x1b[2J failed",
    "approvers  anybody",
    "needed     2 different people",
    "approved   0 of 2",
    "until      no deadline",
    "run        run_1",
    "thread     t1",
    "turn       run_1",
    "",
    "arguments",
    "   {",
    '     "note": "line\\nstatus  closed",',
    '     "to": "\\u202eevil"',
    "   }",
  ]);
});

test("the answers to a call say how they came, with which key, and what a refused one was given to", () => {
  const decisions = [
    decision("d1", { authn: "signature", key: "0123456789abcdef", keyName: "boss", answeredHash: hashOf("first") }),
    decision("d2", { answeredHash: hashOf("older"), refused: "plan_hash_mismatch" }),
  ];

  const text = approvalText(
    { ...toolGate("gate_1"), threadId: null, args: null, decisions, refusedCount: 1, outcome: null },
    null,
  );

  expect(text).toMatch(/approve {2}bob {2}cli\/signature 0123456789ab \(boss\)/);
  expect(text).toMatch(new RegExp(`cli/none +refused: plan_hash_mismatch \\(answered ${hashOf("older")}\\)`));
});
