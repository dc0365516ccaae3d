import { expect, test } from "vitest";
import { cancelText } from "../../../../src/cli/text/cancel-text.ts";
import type { PlanCancelled } from "../../../../src/runtime/plans/cancel-plan.ts";
import { actionRecord } from "../../../helpers/action-record.ts";
import { decision, planRecord } from "../../../helpers/plan-records.ts";

const actions = [actionRecord(0, "done"), actionRecord(1, "unknown"), actionRecord(2, "skipped")];
const failed: PlanCancelled = {
  kind: "cancelled",
  plan: planRecord({ status: "failed" }),
  actions,
  applied: 1,
  inDoubt: [1],
  decision: decision("c1", { decision: "cancel", by: "ann\u001b[2J" }),
};

test("it says how far the plan got, and who must settle what is in doubt", () => {
  expect(cancelText(failed)).toBe(
    "plan_1 is failed: cancelled after 1 of 3 actions; action 1 is in doubt\nsay what became of it: `bridle plans settle plan_1 1 --as done|failed`",
  );
});

test("a plan that had ended is told as such, with who had cancelled it", () => {
  const own = {
    ...failed,
    kind: "ended",
    inDoubt: [],
    decision: null,
    plan: planRecord({ status: "executed" }),
  } as const;

  expect(cancelText({ ...failed, kind: "ended", inDoubt: [] })).toBe(
    "plan_1 had ended already: failed, cancelled after 1 of 3 actions by ann\\x1b[2J",
  );
  expect(cancelText(own)).toBe("plan_1 had ended by itself: executed");
});

test("while it goes on, it says which action is under way", () => {
  const plan = planRecord({ status: "executing" });
  const going = [actionRecord(0, "done"), actionRecord(1, "intent"), actionRecord(2, "pending")];

  expect(cancelText({ ...failed, kind: "asked", plan, actions: going, inDoubt: [], decision: null })).toBe(
    "plan_1 was asked to stop, and is executing after 1 of 3 actions; action 1 is under way",
  );
});
