import { expect, test } from "vitest";
import { IDEMPOTENCY_KEY_CHARS, PLAN_ACTIONS } from "../../../../src/protocol/limits/plan.ts";
import type { PlanBody } from "../../../../src/protocol/plan.ts";
import {
  actionHash,
  actionKey,
  type ActionPlace,
  type PlanContent,
  planHash,
  planKey,
} from "../../../../src/specs/plans/plan-hash.ts";

const reference = { kind: "ProductSet", id: "ref_1", contentHash: "c1" };
const other = { kind: "ProductSet", id: "ref_2", contentHash: "c2" };
const action = { kind: "price", payload: { id: "p-001", price: 6.5, tags: ["a", "b"] }, references: [] };
const body: PlanBody = { spec: "Prices", context: { reason: "r", limits: { a: 1, b: 2 } }, actions: [action] };
const content: PlanContent = { body, specName: "Prices", specHash: "s1", references: [reference, other] };
const place: ActionPlace = {
  tenant: "acme",
  workspace: "default",
  planId: "plan-1",
  planHash: "0123456789abcdef".repeat(4),
  index: 3,
  actionHash: "fedcba9876543210".repeat(4),
};

const SAME: readonly (readonly [what: string, content: unknown])[] = [
  ["the order of fields", { references: [reference, other], specHash: "s1", specName: "Prices", body: reversed(body) }],
  ["how a number is written", JSON.parse(JSON.stringify(content).replace("6.5", "6.50").replace('"a":1', '"a":1.0'))],
  ["the order of references", { ...content, references: [other, reference] }],
  ["a reference said twice", { ...content, references: [reference, other, reference] }],
  ["more that is known of a reference", { ...content, references: [{ ...reference, at: "today" }, other] }],
];

test.each(SAME)("the hash of a plan does not follow %s", (_what, same) => {
  expect(Reflect.apply(planHash, undefined, [same])).toBe(planHash(content));
});

const DIFFERENT: readonly (readonly [what: string, content: PlanContent])[] = [
  ["the context", { ...content, body: { ...body, context: { ...body.context, reason: "other" } } }],
  [
    "a payload",
    { ...content, body: { ...body, actions: [{ ...action, payload: { ...action.payload, price: 6.51 } }] } },
  ],
  ["a kind", { ...content, body: { ...body, actions: [{ ...action, kind: "cost" }] } }],
  ["the order of a list", { ...content, body: { ...body, actions: [withTags(["b", "a"])] } }],
  [
    "text instead of a number",
    { ...content, body: { ...body, context: { ...body.context, limits: { a: "1", b: 2 } } } },
  ],
  ["the number of actions", { ...content, body: { ...body, actions: [action, action] } }],
  ["the version of the spec", { ...content, specHash: "s2" }],
  ["the name of the spec", { ...content, specName: "Costs" }],
  ["the content behind a reference", { ...content, references: [{ ...reference, contentHash: "c3" }, other] }],
  ["a reference", { ...content, references: [reference] }],
];

test.each(DIFFERENT)("the hash of a plan follows %s", (_what, different) => {
  expect(planHash(different)).not.toBe(planHash(content));
});

test("the hash of a plan is stable between versions", () => {
  expect(planHash(content)).toBe("d0e21618f3b4213978e0b40bab7154b5f04768ae87a54bd51604d3718a555b6d");
  expect(actionHash(action)).toBe("a367b62319403481d717553516f80058607645b63cab5c514ade4166b02d519a");
});

test("the hash of an action covers its kind, payload and references", () => {
  const handle = { kind: "ProductSet", id: "ref_1" };
  const hashes = [
    action,
    { ...action, kind: "cost" },
    { ...action, payload: {} },
    { ...action, references: [handle] },
  ].map(actionHash);

  expect(new Set(hashes).size).toBe(4);
  expect(actionHash({ references: [], payload: { tags: ["a", "b"], price: 6.5, id: "p-001" }, kind: "price" })).toBe(
    hashes[0],
  );
});

test("keys are made of the place and the content", () => {
  expect(planKey(place)).toBe("b1.acme.default.plan-1.0123456789abcdef");
  expect(actionKey(place)).toBe("b1.acme.default.plan-1.0123456789abcdef.3.fedcba987654");
});

const PLACES: readonly (readonly [what: string, one: Partial<ActionPlace>, other: Partial<ActionPlace>])[] = [
  ["index", { index: 1 }, { index: 11 }],
  ["plan", { planId: "a" }, { planId: "b" }],
  ["content", { planHash: "a".repeat(64) }, { planHash: "b".repeat(64) }],
  ["action", { actionHash: "a".repeat(64) }, { actionHash: "b".repeat(64) }],
  ["dot's side", { tenant: "a.b", workspace: "c" }, { tenant: "a", workspace: "b.c" }],
  ["dot or dash", { tenant: "a.b" }, { tenant: "a-b" }],
  [
    "end of a long id",
    { planId: "x".repeat(119) + "1", tenant: "t".repeat(120) },
    { planId: "x".repeat(119) + "2", tenant: "t".repeat(120) },
  ],
];

test.each(PLACES)("two keys differ by the %s", (_what, one, another) => {
  expect(actionKey({ ...place, ...one })).not.toBe(actionKey({ ...place, ...another }));
});

test("the longest ids give a key that every target takes", () => {
  const longest = {
    ...place,
    tenant: "t".repeat(120),
    workspace: "w.".repeat(60),
    planId: "p".repeat(120),
    index: PLAN_ACTIONS,
  };

  expect(actionKey(longest).length).toBeLessThanOrEqual(IDEMPOTENCY_KEY_CHARS);
  expect(actionKey(longest)).toMatch(/^b1\.[^.]+\.[^.]+\.[^.]+\.[0-9a-f]{16}\.\d+\.[0-9a-f]{12}$/);
  expect(actionKey(longest).startsWith(planKey(longest))).toBe(true);
});

function withTags(tags: readonly string[]): PlanBody["actions"][number] {
  return { ...action, payload: { ...action.payload, tags } };
}

/** The same value with the fields of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}
