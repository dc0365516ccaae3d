import { expect, test } from "vitest";
import { executeAnswer, type PlanAnswerInput } from "../../../src/engine/execute-answer.ts";
import { actionRecord } from "../../helpers/action-record.ts";
import { decision } from "../../helpers/gate-question.ts";

const plan = (more: Partial<PlanAnswerInput> = {}): PlanAnswerInput => ({
  planId: "p",
  revision: 2,
  actions: [],
  decision: null,
  ...more,
});
const done = [actionRecord(0, "done"), actionRecord(1, "done")];

test("a draft waits for a person", () => {
  expect(executeAnswer("draft", plan())).toBe(
    "Plan p, revision 2, is a draft and waits for a person's decision. Nothing was applied.",
  );
});

test("a draft that was sent back gives the note", () => {
  const sentBack = decision({ decision: "revise", note: 'only "blue"\nones' });

  expect(executeAnswer("draft", plan({ decision: sentBack }))).toBe(
    'Plan p, revision 2, was sent back by "ann" with the note "only \\"blue\\"\\nones". Nothing was applied. ' +
      "Its planner may store the next revision under the same planId.",
  );
});

test("an approved plan was not started", () => {
  expect(executeAnswer("approved", plan({ decision: decision() }))).toBe(
    "Plan p, revision 2, is approved and was not started yet. Nothing was applied.",
  );
});

test("an executing plan says how far it is", () => {
  const actions = [...done, actionRecord(2, "intent"), actionRecord(3, "pending")];

  expect(executeAnswer("executing", plan({ actions }))).toBe(
    "Plan p, revision 2, is being executed: 2 of 4 actions are applied so far. Do not start it again.",
  );
});

test("an executed plan says what it did", () => {
  expect(executeAnswer("executed", plan({ actions: done }))).toBe(
    "Plan p, revision 2, is executed: all 2 actions are applied, 4 entities affected. It is final and is never executed again.",
  );
});

test("a failed plan tells of every action", () => {
  const refused = { code: "TOOL_FAILED", message: "no stock" };
  const actions = [
    ...done,
    actionRecord(2, "done"),
    actionRecord(3, "failed", { error: refused }),
    actionRecord(4, "unknown"),
    actionRecord(5, "pending"),
    actionRecord(6, "pending"),
  ];

  expect(executeAnswer("failed", plan({ actions }))).toBe(
    [
      "Plan p, revision 2, has failed, 6 entities affected. It is final and is never executed again.",
      "Actions by index:",
      "applied: 0-2",
      "failed: 3",
      "unknown outcome (may have taken effect, a person must find out): 4",
      "not started: 5-6",
      'action 3 (reorder): "no stock"',
    ].join("\n"),
  );
});

test("a plan that failed before its first action says why", () => {
  expect(executeAnswer("failed", plan({ error: { message: "Reference r is gone." } }))).toBe(
    "Plan p, revision 2, has failed, 0 entities affected. It is final and is never executed again.\n" +
      'reason: "Reference r is gone."\nNothing was applied.',
  );
});

test("a rejected plan says who rejected it, and whether it was the clock", () => {
  const end = "Nothing was applied. It is final and is never executed again.";
  const rejected = plan({ decision: decision({ decision: "reject", note: "no" }) });

  expect(executeAnswer("rejected", rejected)).toBe(
    `Plan p, revision 2, was rejected by "ann" with the note "no". ${end}`,
  );
  expect(executeAnswer("rejected", plan())).toBe(`Plan p, revision 2, was rejected. ${end}`);
  const byClock = plan({ decision: decision({ decision: "expire", authn: "timer" }) });
  expect(executeAnswer("rejected", byClock)).toBe(`Plan p, revision 2, is rejected: nobody decided in time. ${end}`);
  expect(executeAnswer("expired", plan())).toBe(`Plan p, revision 2, has expired: nobody decided in time. ${end}`);
});

test("the answer stays short, however the plan fell apart", () => {
  const error = { code: "X", message: "m".repeat(8_000) };
  const actions = Array.from({ length: 2_000 }, (_, index) =>
    actionRecord(index, index % 2 === 0 ? "done" : "failed", index % 2 === 0 ? {} : { error }),
  );

  const text = executeAnswer("failed", plan({ actions }));

  expect(text).toContain("… (1000 in all)");
  expect(text.length).toBeLessThan(4_000);
});
