import { expect, test } from "vitest";
import * as z from "zod";
import { ContentHash } from "../../../../src/protocol/ids.ts";
import { PlanId, type PlanBody } from "../../../../src/protocol/plan.ts";
import { definePlan } from "../../../../src/specs/plans/plan.ts";
import { type PlanSources, readPlanBody } from "../../../../src/specs/plans/read-plan-body.ts";
import { defineReference } from "../../../../src/specs/references/reference.ts";

const ids = defineReference({ name: "Ids", schema: z.array(z.string()) });
const handle = z.strictObject({ kind: z.literal("Ids"), id: z.string() });
const spec = definePlan({
  name: "HoldPlan",
  schema: z.strictObject({ actions: z.array(z.strictObject({ kind: z.literal("hold"), ids: handle })) }),
});
const planId = PlanId.parse("p1");
const PAST = "2020-01-01T00:00:00.000Z";

const body = (id: string): unknown => ({ actions: [{ kind: "hold", ids: { kind: "Ids", id } }] });

/** A store with the references `kept` and `old`, whose time is up, and a plan of this content. */
function store(current: PlanBody | null = null, content = "a"): PlanSources {
  const contentHash = ContentHash.parse(content.repeat(64));
  return {
    references: {
      get: async ({ id }) =>
        id === "kept" || id === "old" ? { contentHash, expiresAt: id === "old" ? PAST : null } : null,
    },
    plans: { current: async () => (current === null ? null : { body: current }) },
  };
}

const read = (sources: PlanSources, given: unknown): ReturnType<typeof readPlanBody> =>
  readPlanBody(sources, { planId, spec, references: [ids], body: given });

test("the hash covers the content behind every reference", async () => {
  const [one, again, other] = await Promise.all([
    read(store(), body("kept")),
    read(store(), body("kept")),
    read(store(null, "b"), body("kept")),
  ]);

  expect(one).toMatchObject({ ok: true, document: body("kept") });
  expect(again).toEqual(one);
  expect(other.ok && one.ok && other.planHash === one.planHash).toBe(false);
});

test("a reference that does not exist or whose time is up is told by its action", async () => {
  const missing = await read(store(), body("none"));
  const expired = await read(store(), body("old"));

  expect(missing).toMatchObject({
    ok: false,
    issues: [{ path: "actions[0]", received: 'Ids "none", which does not exist' }],
  });
  expect(expired).toMatchObject({ ok: false, issues: [{ received: 'Ids "old", which has expired' }] });
});

test("a plan holds the references of the revision before beyond their time", async () => {
  const held: PlanBody = {
    spec: spec.name,
    context: {},
    actions: [{ kind: "hold", payload: {}, references: [{ kind: "Ids", id: "old" }] }],
  };

  expect(await read(store(held), body("old"))).toMatchObject({ ok: true });
});

test("a body that does not fit its schema is not hashed", async () => {
  expect(await read(store(), { actions: "none" })).toMatchObject({ ok: false, issues: [{ path: "actions" }] });
});

test.each(["p1.undo", "p1.undo-2", "x.undo.undo-13"])("nobody writes the body of an undo, such as %s", async (id) => {
  const read = await readPlanBody(store(), { planId: PlanId.parse(id), spec, references: [ids], body: body("kept") });

  expect(read).toMatchObject({ ok: false, issues: [{ path: "planId", received: JSON.stringify(id) }] });
});
