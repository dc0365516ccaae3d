import { expect, test } from "vitest";
import * as z from "zod";
import { PLAN_ACTIONS, PLAN_BODY_BYTES, PLAN_BODY_DEPTH } from "../../../../src/protocol/limits/plan.ts";
import { PlanBody } from "../../../../src/protocol/plan.ts";
import { definePlan, type PlanSchemaSource } from "../../../../src/specs/plans/plan.ts";
import { type ParsedPlanBody, parsePlanBody } from "../../../../src/specs/plans/plan-body.ts";
import { taggedUnion } from "../../../../src/specs/schemas/tagged-union.ts";

const handle = z.object({ kind: z.literal("ProductSet"), id: z.string() });
const restock = definePlan({
  name: "Restock",
  schema: z.object({
    objective: z.string(),
    assumptions: z.array(z.string()).default([]),
    actions: z.array(
      taggedUnion(
        z.object({ kind: z.literal("reorder"), products: handle, quantity: z.number().positive() }),
        z.object({ kind: z.literal("hold"), sets: z.array(handle), units: z.number().min(0) }),
      ),
    ),
  }),
});
const open = definePlan({ name: "Open", schema: { properties: { actions: { type: "array" } } } });
const set = (id: string): { kind: "ProductSet"; id: string } => ({ kind: "ProductSet", id });

function parse(source: PlanSchemaSource, body: unknown, kinds: readonly string[] = ["ProductSet"]): ParsedPlanBody {
  return parsePlanBody(definePlan({ name: "P", schema: source }), body, kinds);
}

function accepted(parsed: ParsedPlanBody): Extract<ParsedPlanBody, { ok: true }> {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed;
}

test("flat actions are brought into the form that is stored", () => {
  const body = {
    objective: "Refill",
    actions: [
      { kind: "reorder", products: set("a"), quantity: 5 },
      { kind: "hold", sets: [set("b"), set("a"), set("b")], units: 0 },
    ],
  };
  const parsed = accepted(parsePlanBody(restock, body, ["ProductSet"]));

  expect(parsed.body).toEqual({
    spec: "Restock",
    context: { objective: "Refill", assumptions: [] },
    actions: [
      { kind: "reorder", payload: { products: set("a"), quantity: 5 }, references: [set("a")] },
      { kind: "hold", payload: { sets: [set("b"), set("a"), set("b")], units: 0 }, references: [set("b"), set("a")] },
    ],
  });
  expect(parsed.document).toEqual({ ...body, assumptions: [] });
  expect(PlanBody.parse(parsed.body)).toEqual(parsed.body);
});

test("the document gives the same body again", () => {
  const body = { objective: "Refill", actions: [{ kind: "hold", sets: [set("b")], units: 1 }] };
  const once = accepted(parsePlanBody(restock, body, ["ProductSet"]));

  expect(parsePlanBody(restock, once.document, ["ProductSet"])).toEqual(once);
});

test("every issue of a body is told by its place", () => {
  const parsed = parsePlanBody(
    restock,
    { actions: [{ kind: "reorder", products: set("a"), quantity: 0 }, { kind: "move" }] },
    ["ProductSet"],
  );

  expect(parsed).toMatchObject({
    ok: false,
    issues: [
      { path: "objective", expected: "a string", received: "undefined" },
      { path: "actions[0].quantity", expected: "more than 0", received: "0" },
      { path: "actions[1].kind", expected: 'one of "reorder", "hold"', received: '"move"' },
    ],
  });
});

const FOUND: readonly (readonly [what: string, fields: object, references: readonly object[]])[] = [
  ["a field", { set: set("a") }, [set("a")]],
  ["a list", { sets: [set("a"), set("b")] }, [set("a"), set("b")]],
  ["deep inside", { where: { any: [{ of: set("a") }] } }, [set("a")]],
  ["the same twice", { one: set("a"), other: set("a") }, [set("a")]],
  ["two kinds of one id", { one: set("a"), other: { kind: "Day", id: "a" } }, [set("a"), { kind: "Day", id: "a" }]],
  ["fields in another order", { set: { id: "a", kind: "ProductSet" } }, [set("a")]],
  ["a handle as tools return it", { set: { ...set("a"), glimpse: { count: 3 } } }, [set("a")]],
  ["a kind that nobody registered", { set: { kind: "Other", id: "a" } }, []],
  ["another field beside", { set: { ...set("a"), note: "x" } }, []],
  ["an id that is a number", { set: { kind: "ProductSet", id: 1 } }, []],
  ["an empty id", { set: { kind: "ProductSet", id: "" } }, []],
  ["no id", { set: { kind: "ProductSet" } }, []],
  ["a text that looks like one", { set: JSON.stringify(set("a")) }, []],
];

test.each(FOUND)("references in an action: %s", (_what, fields, references) => {
  const parsed = accepted(parsePlanBody(open, { actions: [{ kind: "act", ...fields }] }, ["ProductSet", "Day"]));

  expect(parsed.body.actions).toEqual([{ kind: "act", payload: fields, references }]);
});

test("an action is no reference, even when its kind is one", () => {
  const parsed = accepted(parsePlanBody(open, { actions: [{ kind: "ProductSet", id: "a" }] }, ["ProductSet"]));

  expect(parsed.body.actions).toEqual([{ kind: "ProductSet", payload: { id: "a" }, references: [] }]);
});

test("an action in the stored form stays, and unlisted references are added", () => {
  const actions = [
    { kind: "a", payload: { set: set("x") }, references: [set("y")] },
    { kind: "b", payload: { n: 1 }, references: [] },
  ];
  const parsed = accepted(parsePlanBody(open, { actions }, ["ProductSet"]));

  expect(parsed.body.actions).toEqual([
    { kind: "a", payload: { set: set("x") }, references: [set("y"), set("x")] },
    { kind: "b", payload: { n: 1 }, references: [] },
  ]);
});

test.each([
  ["a payload beside other fields", { payload: {}, note: "x" }],
  ["a payload that is text", { payload: "x" }],
  ["references that are no handles", { payload: {}, references: ["x"] }],
])("%s is a flat action", (_what, fields) => {
  const parsed = accepted(parsePlanBody(open, { actions: [{ kind: "act", ...fields }] }, []));

  expect(parsed.body.actions).toEqual([{ kind: "act", payload: fields, references: [] }]);
});

const REFUSED: readonly (readonly [message: string, body: unknown])[] = [
  ['the value: expected a JSON object, received "text"', "text"],
  ["the value: expected a JSON object, received null", null],
  ["the value: expected a JSON object, received an object", { actions: [], when: new Date(0) }],
  ["the value: expected a JSON object, received an object", { actions: [], n: Number.NaN }],
  ["actions: expected an array, received undefined", { action: [] }],
  ['actions[1]: expected an object, received "x"', { actions: [{ kind: "a" }, "x"] }],
  ["actions[0].kind: expected a non-blank string, received undefined", { actions: [{}] }],
  ['actions[0].kind: expected a non-blank string, received " "', { actions: [{ kind: " " }] }],
  [
    'actions[0].references[0].kind: expected a registered kind of reference (ProductSet), received "Other"',
    { actions: [{ kind: "a", payload: {}, references: [{ kind: "Other", id: "x" }] }] },
  ],
  [
    `actions: expected at most ${PLAN_ACTIONS} items, received an array of ${PLAN_ACTIONS + 1}`,
    { actions: Array.from({ length: PLAN_ACTIONS + 1 }, () => ({ kind: "a" })) },
  ],
  [
    `the value: expected at most ${PLAN_BODY_BYTES} bytes (pass data as a reference), received ${PLAN_BODY_BYTES + 24} bytes`,
    { actions: [], text: "x".repeat(PLAN_BODY_BYTES) },
  ],
  [
    `the value: expected at most ${PLAN_BODY_DEPTH} levels of nesting, received more`,
    { actions: [], nest: nested(PLAN_BODY_DEPTH) },
  ],
  ["the value: expected a JSON object, received an object", { actions: [], nest: nested(20_000) }],
];

test.each(REFUSED)("%s", (message, body) => {
  const parsed = parsePlanBody(open, body, ["ProductSet"]);

  expect(parsed).toMatchObject({ ok: false, issues: [{ message }] });
});

test("the largest plan is accepted", () => {
  const actions = Array.from({ length: PLAN_ACTIONS }, (_, index) => ({ kind: "a", index }));

  expect(accepted(parsePlanBody(open, { actions }, [])).body.actions).toHaveLength(PLAN_ACTIONS);
});

test("names of object properties are ordinary names", () => {
  const body = JSON.parse('{"actions":[{"kind":"constructor","__proto__":{"x":1}}],"__proto__":{"y":2}}');
  const parsed = accepted(parse({ properties: { actions: { type: "array" } } }, body));

  expect(JSON.stringify(parsed.body.actions)).toBe(
    '[{"kind":"constructor","payload":{"__proto__":{"x":1}},"references":[]}]',
  );
});

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}
