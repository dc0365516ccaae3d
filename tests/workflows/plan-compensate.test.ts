/** A person has what a failed plan applied taken back: by a plan of its own, with a gate, a ledger and keys of its own. */
import { expect, inject, test, vi } from "vitest";
import * as z from "zod";
import { Scope } from "../../src/protocol/ids.ts";
import { verifyApprovals } from "../../src/runtime/approvals/verify-approvals.ts";
import { compensatePlan, type Undone } from "../../src/runtime/plans/compensate-plan.ts";
import { ActionRefusedError } from "../../src/specs/dispatchers/action-refused-error.ts";
import type { UndoContext } from "../../src/specs/dispatchers/dispatch-context.ts";
import { defineDispatcher, type Dispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import type { DispatcherOptions } from "../../src/specs/dispatchers/dispatcher-options.ts";
import { defineReference } from "../../src/specs/references/reference.ts";
import { openRuntime, type OpenRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody, pricePlan, productSet } from "../helpers/plan-app.ts";
import { signedApprovals, signingKey } from "../helpers/signing-key.ts";
import { storeOf } from "../helpers/store-of.ts";

interface Shop {
  readonly dispatcher: Dispatcher;
  /** What was taken back, as the target was told. */
  readonly undone: { readonly product: string; readonly context: UndoContext }[];
}

/** Prices can be taken back, holds cannot. The product "broken" is refused; `undo` may go wrong. */
function shop(
  options: DispatcherOptions<readonly (typeof productSet)[]> = {},
  undo: (product: string) => Promise<void> = async () => undefined,
): Shop {
  const undone: Shop["undone"] = [];
  const dispatcher = defineDispatcher(
    pricePlan,
    {
      price: {
        run: ({ product }) => {
          if (product === "broken") throw new ActionRefusedError("no such product");
          return { entitiesAffected: 1, details: { order: `order of ${product}` } };
        },
        compensate: async ({ product }, context) => {
          undone.push({ product, context });
          await undo(product);
          return { entitiesAffected: 1, summary: `${product} as before` };
        },
        preview: ({ product }) => `prices ${product}`,
        probe: () => "applied",
      },
      hold: () => ({ entitiesAffected: 1 }),
    },
    { guarantee: "keyed", references: [productSet], ...options },
  );
  return { dispatcher, undone };
}

async function failedPlan(open: OpenRuntime, ...products: readonly string[]): Promise<void> {
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody(...products, "broken") });
  expect(await plans.execute("p1", { waitMs: 20_000 })).toMatchObject({ status: "failed" });
}

const NEVER = planSpec({ plans: "never" });

test("applied actions are taken back in the reverse order, once, each with a key of its own and what it had answered", async () => {
  const { dispatcher, undone } = shop();
  await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await failedPlan(open, "a", "b");
  const applied = await plans.actions("p1");

  const { undo, answer } = await plans.compensate("p1", { by: "ann", note: "closed" });
  const again = await plans.compensate("p1", { by: "ann" }).catch((error: unknown) => error);

  expect(answer).toMatchObject({ kind: "counted", status: "approved" });
  expect(undo).toMatchObject({ planId: "p1.undo", status: "executed", result: { entitiesAffected: 2 } });
  expect(undone.map(({ product }) => product)).toEqual(["b", "a"]);
  expect(undone.map(({ context }) => context.undoes)).toMatchObject([
    { planId: "p1", index: 1, details: { order: "order of b" }, idempotencyKey: applied[1]?.idempotencyKey },
    { planId: "p1", index: 0, details: { order: "order of a" }, idempotencyKey: applied[0]?.idempotencyKey },
  ]);
  expect(undone.map(({ context }) => context.idempotencyKey)).toEqual([
    `${applied[1]?.idempotencyKey}.undo`,
    `${applied[0]?.idempotencyKey}.undo`,
  ]);
  expect(again).toMatchObject({ code: "NOTHING_TO_UNDO" });
  expect(undone).toHaveLength(2);
  expect(await plans.decisions("p1.undo")).toMatchObject([{ decision: "approve", by: "ann", note: "closed" }]);
  expect(await plans.actions("p1.undo")).toMatchObject([{ state: "done", summary: "b as before" }, { state: "done" }]);
  expect((await plans.get("p1")).status).toBe("failed");
});

test("a plan that asked nobody asks a person when it is to be taken back, and the card says what happens", async () => {
  const { dispatcher, undone } = shop();
  await using open = await openRuntime(NEVER, {
    actionDispatcher: dispatcher,
    approvals: signedApprovals(signingKey()),
  });
  const { plans } = open.runtime;
  await failedPlan(open, "a");

  const { undo, answer } = await plans.compensate("p1", { by: "mallory" });
  const card = await plans.card("p1.undo");

  expect(answer).toMatchObject({ kind: "refused", code: "unsigned" });
  expect(undo).toMatchObject({ status: "draft", gate: { rule: { kind: "always" }, mode: "signed" } });
  expect(undone).toEqual([]);
  expect(card).toMatchObject({
    fields: [{ label: "takesBack", value: "p1" }],
    actions: [{ title: "action 0: take back price", preview: null, state: "pending" }],
  });
});

test("a key signs the approval of an undo as that of any plan", async () => {
  const key = signingKey();
  const { dispatcher, undone } = shop();
  const proof = { approvals: signedApprovals(key), signingKey: () => key };
  await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher, ...proof });
  await failedPlan(open, "a");

  const { undo } = await open.runtime.plans.compensate("p1", { by: "ann" });

  expect(undo.status).toBe("executed");
  expect(undone).toHaveLength(1);
  expect(await open.runtime.plans.decisions("p1.undo")).toMatchObject([{ by: "ann", authn: "signature" }]);
  const { tenant, workspace } = open.runtime.app;
  const place = { store: storeOf(open), scope: Scope.parse({ tenant, workspace }) };
  expect(await verifyApprovals(place, "p1.undo", proof.approvals)).toMatchObject({
    decisions: [{ by: "ann", verdict: "verified" }],
    problems: [],
    notes: [],
  });
});

test("where two others had to approve the plan, they have to approve that it is taken back", async () => {
  const { dispatcher, undone } = shop();
  const spec = planSpec({ plans: { kind: "always", min: 2, notRequester: true } });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const { runtime } = open;
  const approve = (planId: string, by: string): Promise<unknown> =>
    runtime.respondToApproval(planId, { decision: "approve", by });
  await runtime.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "broken"), requestedBy: "cy" });
  await runtime.plans.execute("p1", { waitMs: 0 });
  await approve("p1", "ann");
  await approve("p1", "bo");
  await runtime.plans.execute("p1", { waitMs: 20_000 });

  const { undo, answer, waitsFor } = await runtime.plans.compensate("p1", { by: "ann" });
  await approve("p1.undo", "bo");
  const half = await runtime.plans.get("p1.undo");
  await approve("p1.undo", "cy");
  const ended = await runtime.plans.execute("p1.undo", { waitMs: 20_000 });

  expect(answer).toBeNull();
  expect(waitsFor).toEqual({ missing: 2, people: null });
  expect((await runtime.plans.decisions("p1.undo")).map(({ by, refused }) => [by, refused])).toEqual([
    ["bo", null],
    ["cy", null],
  ]);
  expect(undo.status).toBe("draft");
  expect(half.status).toBe("draft");
  expect(ended.status).toBe("executed");
  expect(undone).toHaveLength(1);
});

test("an undo that nobody can be sure of is unknown, is settled by a person, and never done again", async () => {
  const { dispatcher, undone } = shop({ guarantee: "none", timeoutMs: 100 }, (product) =>
    product === "a" ? new Promise(() => undefined) : Promise.resolve(),
  );
  await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await failedPlan(open, "a", "b");

  const { undo } = await plans.compensate("p1", { by: "ann" });
  const again = await plans.compensate("p1", { by: "ann" }).catch((error: unknown) => error);
  await plans.settle("p1.undo", 1, { as: "failed", by: "bo" });
  const last = await plans.compensate("p1", { by: "ann" });

  expect(undo).toMatchObject({ planId: "p1.undo", status: "failed" });
  expect((await plans.actions("p1.undo")).map(({ state }) => state)).toEqual(["done", "failed"]);
  expect(again).toMatchObject({ code: "NOTHING_TO_UNDO" });
  expect(last.undo).toMatchObject({ planId: "p1.undo-2", status: "failed" });
  expect(undone.map(({ product }) => product)).toEqual(["b", "a", "a"]);
  expect(new Set(undone.map(({ context }) => context.idempotencyKey)).size).toBe(2);
});

/** Asked for where nobody knows the dispatcher, as the command line does. */
function compensateElsewhere({ runtime, session }: OpenRuntime): Promise<Undone> {
  const { app, tenant, workspace } = runtime.app;
  const scope = Scope.parse({ tenant, workspace });
  const place = { session, scope, store: session.store.in(scope), app: { app } };
  const approver = { ...scope, signingKey: () => null };
  return compensatePlan(place, { planId: "p1", request: { by: "ann" }, approver });
}

test("what has no hook is not taken back, nothing else is then, and the rest can be named", async () => {
  const { dispatcher, undone } = shop();
  await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  const { kind, id } = await open.runtime.createReference(productSet, ["x"]);
  const [first, broken] = priceBody("a", "broken").actions;
  const actions = [first, { kind: "hold", products: { kind, id } }, broken];
  await plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "r", actions } });
  await plans.execute("p1", { waitMs: 20_000 });

  const whole = await plans.compensate("p1", { by: "ann" }).catch((error: unknown) => error);
  const unasked = await plans.undos("p1");
  const elsewhere = await compensateElsewhere(open);
  const wrong = await plans.compensate("p1", { by: "ann", actions: [2] }).catch((error: unknown) => error);
  const none = undone.length;
  const part = await plans.compensate("p1", { by: "ann", actions: [0] });

  expect(whole).toMatchObject({ code: "COMPENSATE_MISSING", message: expect.stringContaining("Action 1 (hold)") });
  expect(unasked).toEqual([]);
  expect(elsewhere.undo).toMatchObject({ status: "failed", error: { code: "COMPENSATE_MISSING" } });
  expect(wrong).toMatchObject({ code: "NOTHING_TO_UNDO", message: expect.stringContaining("action 2") });
  expect(none).toBe(0);
  expect(part.undo).toMatchObject({ planId: "p1.undo-2", status: "executed" });
  expect(undone.map(({ product }) => product)).toEqual(["a"]);
});

test("only a plan that failed part-way can be taken back, and nobody can pass a plan off as an undo", async () => {
  const { dispatcher } = shop();
  await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "good", body: priceBody("a") });
  const executed = (await plans.execute("good", { waitMs: 20_000 })).status;
  await plans.store({ plan: pricePlan, planId: "bad", body: priceBody("broken") });
  await plans.execute("bad", { waitMs: 20_000 });
  const tried = (planId: string): Promise<unknown> => plans.compensate(planId, { by: "ann" }).catch((error) => error);
  const forged = { plan: pricePlan, planId: "good.undo", body: priceBody("a") };

  expect(executed).toBe("executed");
  expect(await tried("good")).toMatchObject({ code: "NOTHING_TO_UNDO", message: expect.stringContaining("executed") });
  expect(await tried("bad")).toMatchObject({ code: "NOTHING_TO_UNDO" });
  await expect(plans.store(forged)).rejects.toMatchObject({ code: "INPUT_INVALID" });
});

test("an undo takes no edit", async () => {
  const { dispatcher } = shop();
  const key = signingKey();
  await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher, approvals: signedApprovals(key) });
  await failedPlan(open, "a");
  await open.runtime.plans.compensate("p1", { by: "ann" });
  await using editor = await openRuntime(NEVER, {
    actionDispatcher: dispatcher,
    approvals: signedApprovals(key),
    signingKey: () => key,
    workspace: open.runtime.app.workspace,
    session: {
      home: open.home,
      hosted: [],
      temporal: { address: inject("temporalAddress"), taskQueue: open.session.taskQueue },
    },
  });

  const edited = await editor.runtime.respondToApproval("p1.undo", {
    decision: "edit",
    by: "ann",
    edits: priceBody("c"),
  });

  expect(edited).toMatchObject({ kind: "refused", code: "invalid_edit" });
  expect(await open.runtime.plans.get("p1.undo")).toMatchObject({ status: "draft", revision: 1 });
});

test("a plan that went to the target in one call is taken back action by action", async () => {
  const { dispatcher, undone } = shop({ mode: "batch" });
  await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher });
  await failedPlan(open, "a", "b");

  const { undo } = await open.runtime.plans.compensate("p1", { by: "ann" });

  expect(undo.status).toBe("executed");
  expect(undone.map(({ product }) => product)).toEqual(["b", "a"]);
});

test("of people who ask at the same time nobody has anything taken back twice", async () => {
  const { dispatcher, undone } = shop();
  await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await failedPlan(open, "a", "b", "c");
  const asked = [[0], [1, 2], undefined, undefined, [2]].map((actions, index) =>
    plans.compensate("p1", { by: `person ${index}`, ...(actions === undefined ? {} : { actions }) }),
  );

  await Promise.allSettled(asked);
  await plans.compensate("p1", { by: "last" }).catch(() => undefined); // nothing may be left

  expect(undone.map(({ product }) => product).sort()).toEqual(["a", "b", "c"]);
  expect(new Set(undone.map(({ context }) => context.idempotencyKey)).size).toBe(3);
});

test("an action that a person found applied is taken back too, and one in doubt never is", async () => {
  const { dispatcher, undone } = shop({ guarantee: "none", timeoutMs: 100 });
  const hanging = Object.freeze({
    ...dispatcher,
    apply: () => new Promise(() => undefined),
    probe: async () => "unknown" as const,
  });
  await using open = await openRuntime(NEVER, { actionDispatcher: hanging });
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  await plans.execute("p1", { waitMs: 20_000 });

  const early = await plans.compensate("p1", { by: "ann" }).catch((error: unknown) => error);
  await plans.settle("p1", 0, { as: "done", by: "bo" });
  const { undo } = await plans.compensate("p1", { by: "ann" });

  expect(early).toMatchObject({ code: "NOTHING_TO_UNDO" });
  expect(undo.status).toBe("executed");
  expect(undone.map(({ product }) => product)).toEqual(["a"]);
});

test("a reference whose time is up after its plan failed still names what is taken back", async () => {
  const short = defineReference({ name: "ProductSet", schema: z.array(z.string()), ttlMs: 1_000 });
  const seen: unknown[] = [];
  const dispatcher = defineDispatcher(
    pricePlan,
    {
      hold: {
        run: () => ({ entitiesAffected: 1 }),
        compensate: (_, { resolvedRefs }) => {
          seen.push(Object.values(resolvedRefs.ProductSet));
          return null;
        },
      },
      price: () => {
        throw new ActionRefusedError("no such product");
      },
    },
    { references: [short] },
  );
  const spec = planSpec({ plans: "never" });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  const { kind, id } = await open.runtime.createReference(short, ["x", "y"]);
  const actions = [{ kind: "hold", products: { kind, id } }, ...priceBody("broken").actions];
  await plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "r", actions } });
  await plans.execute("p1", { waitMs: 20_000 });
  const record = await storeOf(open).references.get({ kind, id });
  await vi.waitUntil(() => Date.now() > Date.parse(record?.expiresAt ?? ""), { timeout: 10_000 });

  const { undo } = await plans.compensate("p1", { by: "ann" });

  expect(undo).toMatchObject({ status: "executed", error: null });
  expect(seen).toEqual([[["x", "y"]]]);
});

test("an undo whose handler trips over the answer is called again with the same key, or a person finds out", async () => {
  for (const [guarantee, states, calls] of [
    ["keyed", ["done"], 2],
    ["none", ["unknown"], 1],
  ] as const) {
    let tripped = 0;
    const { dispatcher, undone } = shop({ guarantee }, async () => {
      if (tripped++ === 0) JSON.parse("<html>");
    });
    await using open = await openRuntime(NEVER, { actionDispatcher: dispatcher });
    const { plans } = open.runtime;
    await failedPlan(open, "a");

    const { undo } = await plans.compensate("p1", { by: "ann" });
    await plans.execute(undo.planId, { waitMs: 20_000 });

    expect((await plans.actions(undo.planId)).map(({ state }) => state)).toEqual(states);
    expect(undone).toHaveLength(calls);
    expect(new Set(undone.map(({ context }) => context.idempotencyKey)).size).toBe(1);
  }
}, 40_000);
