import { expect, test } from "vitest";
import { isFinalStatus, standsStill } from "../../../src/engine/stands-still.ts";
import { PlanStatus } from "../../../src/protocol/plan.ts";
import { decision, gateOn, HASH_A, HASH_B } from "../../helpers/gate-question.ts";

const sentBack = decision({ decision: "revise" });
const draft = { status: "draft", planHash: HASH_A, gate: null, decisions: [sentBack] } as const;

test("only an ended plan stands still whatever else there is", () => {
  const still = PlanStatus.options.filter((status) => standsStill({ ...draft, status, decisions: [] }));

  expect(still).toEqual(["executed", "failed", "rejected", "expired"]);
  expect(PlanStatus.options.filter(isFinalStatus)).toEqual(still);
});

test("a draft stands still once this very content was sent back, until its gate opens again", () => {
  expect(standsStill(draft)).toBe(true);
  expect(standsStill({ ...draft, planHash: HASH_B })).toBe(false);
  expect(standsStill({ ...draft, decisions: [{ ...sentBack, refused: "forbidden" }] })).toBe(false);
  expect(standsStill({ ...draft, decisions: [decision()] })).toBe(false);
  expect(standsStill({ ...draft, gate: gateOn({ kind: "always" }) })).toBe(false);
});
