import { expect, test } from "vitest";
import { planText } from "../../../../src/cli/text/plan-text.ts";
import { actionRecord } from "../../../helpers/action-record.ts";

const card = {
  title: "PricePlan p1",
  status: "executed" as const,
  display: "done",
  planHash: "aa11",
  fields: [{ label: "rationale", value: "line 1\nstatus  approved" }],
  actions: [
    {
      title: "action 0: price",
      fields: [{ label: "product", value: "\u001b[2Jp-001" }],
      references: [{ kind: "ProductSet", id: "ref_1", glimpse: { name: "a\u202Eb" } }],
      state: "done" as const,
      preview: null,
    },
  ],
  warnings: ["Edited by B\u0007o."],
};

test("a card reads well, and nothing in it moves the cursor or passes for a line of ours", () => {
  expect(planText(card).split("\n")).toEqual([
    "plan    PricePlan p1",
    "status  executed (done)",
    "hash    aa11",
    "   rationale: line 1",
    "      status  approved",
    "",
    "action 0: price  [done]",
    "   product: \\x1b[2Jp-001",
    '   ProductSet ref_1  {"name":"a\\u202eb"}',
    "      all of it: bridle references show ProductSet ref_1",
    "",
    "warning Edited by B\\x07o.",
  ]);
});

test("a large glimpse takes one line of a card", () => {
  const references = [{ kind: "ProductSet", id: "ref_1", glimpse: { names: "x".repeat(500) } }];

  const lines = planText({
    ...card,
    actions: [{ title: "action 0: price", fields: [], references, state: "done", preview: null }],
  }).split("\n");

  expect(lines.find((line) => line.includes("ref_1"))).toMatch(/^ {3}ProductSet ref_1 {2}\{"names":"x{69}…$/);
});

test("a plan that failed says why, and so does an action, with what to do about it", () => {
  const error = { code: "COMPENSATE_MISSING", message: "Action 0\nhas no hook.", hint: "Add\u0007 one." } as const;
  const why = { code: "ACTION_FAILED", message: "no such product" };

  const lines = planText(card, { error, ledger: [actionRecord(0, "failed", { error: why })] }).split("\n");

  expect(lines).toContain("error   COMPENSATE_MISSING Action 0\\nhas no hook.");
  expect(lines).toContain("fix     Add\\x07 one.");
  expect(lines).toContain("   why: ACTION_FAILED no such product");
});

test("who asked for a plan, and through which agent, stands in its head, as text", () => {
  const by = (agent: string | null): string | undefined =>
    planText(card, { origin: { requestedBy: "Ann\u001b[2J", agent } })
      .split("\n")
      .find((line) => line.startsWith("asked by"));

  expect(by("planner")).toBe("asked by  Ann\\x1b[2J through planner");
  expect(by(null)).toBe("asked by  Ann\\x1b[2J");
});
