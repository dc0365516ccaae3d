import { expect, test } from "vitest";
import { gateProgress } from "../../../src/engine/gate-progress.ts";
import { decision, gateOn, HASH_B } from "../../helpers/gate-question.ts";

const two = { kind: "always", approvers: ["ann", "bob", "planner"], min: 2, notRequester: true } as const;

test("only approvals of this content at this gate, by those who may, bring it further", () => {
  const others = [
    decision({ by: "ANN" }),
    decision({ by: "bob", contentHash: HASH_B }),
    decision({ by: "bob", gate: "gate_0" }),
    decision({ by: "eve" }),
    decision({ by: "bob", refused: "expired" }),
  ];

  expect(gateProgress(gateOn(two), [decision(), ...others])).toEqual({
    wanted: 2,
    approved: ["ann"],
    stillToCome: ["bob"],
    mayRequesterDecide: false,
    refusedCount: 1,
  });
});

test("an answer from an open time brings a signed gate no further", () => {
  expect(gateProgress(gateOn(two, { mode: "signed" }), [decision()]).approved).toEqual([]);
});

test("a rule that asks nobody by name names nobody who is still to come", () => {
  expect(gateProgress(gateOn({ kind: "dynamic", value: "big" }), [])).toEqual({
    wanted: 1,
    approved: [],
    stillToCome: null,
    mayRequesterDecide: true,
    refusedCount: 0,
  });
});
