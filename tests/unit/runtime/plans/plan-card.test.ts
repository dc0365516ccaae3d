import { expect, test } from "vitest";
import { ContentHash } from "../../../../src/protocol/ids.ts";
import { planCard } from "../../../../src/runtime/plans/plan-card.ts";
import type { CardParts } from "../../../../src/runtime/plans/plan-card.ts";
import { actionRecord } from "../../../helpers/action-record.ts";
import { hashOf, newRevision, PLAN } from "../../../helpers/plan-records.ts";

const set = { kind: "ProductSet", id: "ref_1" };
const at = "2026-01-01T00:00:00.000Z";
const planHash = ContentHash.parse(hashOf("a"));
const body = {
  spec: "PricePlan",
  context: { rationale: "season", assumptions: ["cold"] },
  actions: [
    { kind: "price", payload: { product: "p-001", price: 6.49 }, references: [] },
    { kind: "hold", payload: { products: set, until: null }, references: [set] },
  ],
};

function parts(changes: Partial<CardParts> = {}): CardParts {
  const { origin, workflowId } = newRevision("a");
  const record = { kind: set.kind, id: set.id, contentHash: planHash, glimpse: { count: 2 }, bytes: 9, createdAt: at };
  return {
    plan: {
      planId: PLAN,
      spec: "PricePlan",
      status: "executed",
      revision: 1,
      planHash,
      origin,
      alsoAskedBy: [],
      workflowId,
      gate: null,
      approvedGate: null,
      fence: 0,
      result: null,
      error: null,
      createdAt: at,
      updatedAt: at,
    },
    current: {
      revision: 1,
      specHash: planHash,
      planHash,
      body,
      document: {},
      editedBy: null,
      requestedBy: "Ann",
      agent: null,
      at,
    },
    ledger: [],
    references: [{ ...record, expiresAt: null }],
    aliases: { executed: "repriced" },
    ...changes,
  };
}

test("a card shows every field of the plan and of its actions, references by their glimpse, and the status in the plan's words", () => {
  expect(planCard(parts())).toEqual({
    title: "PricePlan plan_1",
    status: "executed",
    display: "repriced",
    planHash,
    fields: [
      { label: "rationale", value: "season" },
      { label: "assumptions", value: '["cold"]' },
    ],
    actions: [
      {
        title: "action 0: price",
        fields: [
          { label: "product", value: "p-001" },
          { label: "price", value: "6.49" },
        ],
        references: [],
        state: "pending",
        preview: null,
      },
      {
        title: "action 1: hold",
        fields: [{ label: "until", value: "null" }],
        references: [{ ...set, glimpse: { count: 2 } }],
        state: "pending",
        preview: null,
      },
    ],
    warnings: [],
  });
});

test("a card warns of references that are gone, of edits, and of actions whose outcome is not known", () => {
  const { current } = parts();
  const unknown = actionRecord(0, "unknown", { kind: "price" });

  const card = planCard(parts({ references: [], current: { ...current, editedBy: "Bo" }, ledger: [unknown] }));

  expect(card.actions.map(({ state }) => state)).toEqual(["unknown", "pending"]);
  expect(card.actions[1]?.references).toEqual([{ ...set, glimpse: null }]);
  expect(card.warnings).toEqual([
    "Revision 1 was edited by Bo.",
    "The reference ProductSet ref_1 does not exist any more.",
    "Whether action 0 was applied is not known; look at the target, then say so: bridle plans settle plan_1 0 --as done|failed --by NAME --note TEXT",
  ]);
});

test("a card tells of an action that is called again and again, and what the last call came to", () => {
  const error = { code: "ACTION_FAILED", message: "SyntaxError: Unexpected token" };
  const warnings = (line: ReturnType<typeof actionRecord>): readonly string[] =>
    planCard(parts({ ledger: [line] })).warnings;

  expect(warnings(actionRecord(0, "intent", { attempts: 1 }))).toEqual([]);
  expect(warnings(actionRecord(0, "intent", { attempts: 1, error }))).toEqual([
    "Action 0 was called once and has no end yet; the last call came to ACTION_FAILED: SyntaxError: Unexpected token",
  ]);
  expect(warnings(actionRecord(0, "intent", { attempts: 3, error }))).toEqual([
    "Action 0 was called 3 times and has no end yet; the last call came to ACTION_FAILED: SyntaxError: Unexpected token",
  ]);
  expect(warnings(actionRecord(0, "intent", { attempts: 3 }))).toEqual([
    "Action 0 was called 3 times and has no end yet.",
  ]);
});
