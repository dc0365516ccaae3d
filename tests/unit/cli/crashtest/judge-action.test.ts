import { expect, test } from "vitest";
import { type ActionEvidence, judgeAction } from "../../../../src/cli/crashtest/judge-action.ts";

const done: ActionEvidence = { state: "done", error: null, calls: 1, effects: null, probe: null, followsDoubt: false };

test.each<readonly [string, Partial<ActionEvidence>, string]>([
  ["done and called once", {}, "applied"],
  ["done, and the target has one effect of two calls", { calls: 2, effects: 1 }, "applied"],
  ["done, and the target has two effects", { calls: 2, effects: 2 }, "repeated"],
  ["two effects, whatever the ledger says", { state: "unknown", effects: 2 }, "repeated"],
  ["called twice, and nobody counts", { calls: 2 }, "unproven"],
  ["called twice, and a probe that cannot count", { calls: 2, probe: "applied" }, "unproven"],
  ["done without an effect", { effects: 0 }, "lost"],
  ["done, and the probe finds nothing", { probe: "notApplied" }, "lost"],
  ["done, and the count goes before the probe", { effects: 1, probe: "notApplied" }, "applied"],
  ["in doubt", { state: "unknown" }, "unknown"],
  ["in doubt and applied once", { state: "unknown", effects: 1 }, "unknown"],
  ["not begun behind a doubt", { state: "skipped", calls: 0, followsDoubt: true }, "skipped"],
  ["not begun for no reason", { state: "skipped", calls: 0 }, "lost"],
  ["applied, and its record says skipped", { state: "skipped", effects: 1, followsDoubt: true }, "lost"],
  ["failed", { state: "failed" }, "lost"],
  ["never ended", { state: "intent" }, "lost"],
])("an action that is %s", (_, evidence, fate) => {
  expect(judgeAction({ ...done, ...evidence }).fate).toBe(fate);
});

test("a doubt says what the target says", () => {
  expect(judgeAction({ ...done, state: "unknown", effects: 1 }).because).toContain("took effect");
  expect(judgeAction({ ...done, state: "unknown", probe: "notApplied" }).because).toContain("did not take effect");
});

test.each(["failed", "pending"] as const)("a loss says why the action is %s", (state) => {
  expect(judgeAction({ ...done, state, error: "no such product" }).because).toMatch(/: no such product$/);
});
