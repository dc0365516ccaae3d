/** Dispatchers that return rubbish, throw, or do half of it; targets that cut the line; references that are gone. Nothing is called done that is not. */
import { createServer } from "node:http";
import { join } from "node:path";
import { once } from "node:events";
import SQLite from "better-sqlite3";
import * as z from "zod";
import { expect, test } from "vitest";
import { ActionInDoubtError, ActionRefusedError, definePlan, defineRuntime, defineTenant } from "../../src/index.ts";
import { defineDispatcher, type Dispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import type { DispatcherOptions } from "../../src/specs/dispatchers/dispatcher-options.ts";
import { definePlanner } from "../../src/specs/agents/planner.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, productSet, recordingDispatcher } from "../helpers/plan-app.ts";

const spec = planSpec({ plans: "never" });
const two = { rationale: "r", actions: ["a", "b"].map((product) => ({ kind: "price", product, price: 1 })) };

function answering(work: () => unknown, options: DispatcherOptions<readonly []> = {}): Dispatcher {
  // A dispatcher's answer is checked by the harness; here it may be anything.
  return defineDispatcher(pricePlan, async () => (await work()) as never, options);
}

async function states(open: OpenRuntime, body: unknown = two): Promise<readonly string[]> {
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body });
  const { status } = await open.runtime.plans.execute("p1", { waitMs: 20_000 });
  return [status, ...(await open.runtime.plans.actions("p1")).map(({ state }) => state)];
}

const round: { self?: unknown } = {};
round.self = round;

test.each([
  ["nothing", undefined],
  ["a text", "done"],
  ["a list", [1]],
  ["no count", {}],
  ["half a count", { entitiesAffected: 1.5 }],
  ["a negative count", { entitiesAffected: -1 }],
  ["a count that is none", { entitiesAffected: Number.NaN }],
  ["details that are no JSON", { entitiesAffected: 1, details: round }],
])("a dispatcher that returns %s fails the plan, and its action is unknown", async (_name, rubbish) => {
  await using open = await openRuntime(spec, { actionDispatcher: answering(() => rubbish) });

  expect(await states(open)).toEqual(["failed", "unknown", "skipped"]);
  const [first] = await open.runtime.plans.actions("p1");
  expect(first).toMatchObject({ attempts: 1, error: { code: "DISPATCH_RESULT_INVALID" } });
});

test("a keyed dispatcher that returns rubbish once is called again", async () => {
  let calls = 0;
  const work = (): unknown => (calls++ % 2 === 0 ? "all good" : { entitiesAffected: 1 });
  await using open = await openRuntime(spec, { actionDispatcher: answering(work, { guarantee: "keyed" }) });

  expect(await states(open)).toEqual(["executed", "done", "done"]);
  expect(calls).toBe(4);
}, 30_000);

test("the probe of a handler that returns rubbish is believed before the handler is called again", async () => {
  let calls = 0;
  const price = {
    run: (): never => {
      calls++;
      return "all good" as never; // it is the harness that checks it
    },
    probe: () => "applied" as const,
  };
  const actionDispatcher = defineDispatcher(pricePlan, { price, hold: () => null }, { guarantee: "keyed" });
  await using open = await openRuntime(spec, { actionDispatcher });

  expect(await states(open)).toEqual(["executed", "done", "done"]);
  expect(calls).toBe(2);
}, 30_000);

test.each([
  ["that it refuses", new ActionRefusedError("no such product"), "failed"],
  ["a text", "no", "unknown"],
  ["nothing", undefined, "unknown"],
  ["a huge error with a secret", new Error(`sk-ant-api03-${"x".repeat(50_000)}`), "unknown"],
  ["a huge refusal with a secret", new ActionRefusedError(`sk-ant-api03-${"x".repeat(50_000)}`), "failed"],
  ["that it does not know", new ActionInDoubtError("half of it"), "unknown"],
] as const)("a dispatcher that throws %s fails the plan once", async (_name, thrown, state) => {
  const refuse = (): never => {
    throw thrown as Error; // a handler may throw anything
  };
  await using open = await openRuntime(spec, { actionDispatcher: answering(refuse) });

  expect(await states(open)).toEqual(["failed", state, "skipped"]);
  const [first] = await open.runtime.plans.actions("p1");
  expect(JSON.stringify(first)).not.toContain("sk-ant-api03-xxx");
  expect(JSON.stringify(first).length).toBeLessThan(10_000);
});

test("a target that commits and resets the connection is asked again with the same key, and applies once", async () => {
  const keys: string[] = [];
  const applied = new Set<string>();
  const server = createServer((request, response) => {
    const key = String(request.headers["idempotency-key"]);
    keys.push(key);
    const isKnown = applied.has(key);
    applied.add(key);
    if (isKnown) response.end();
    else request.socket.resetAndDestroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const dispatcher = defineDispatcher(
    pricePlan,
    async (_actions, { idempotencyKey }) => {
      await fetch(url, { method: "POST", headers: { "idempotency-key": idempotencyKey } });
      return { entitiesAffected: 1 };
    },
    { guarantee: "keyed" },
  );
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  const outcome = await states(open);
  server.closeAllConnections();
  server.close();

  expect(outcome).toEqual(["executed", "done", "done"]);
  expect(keys).toHaveLength(4);
  expect(applied.size).toBe(2);
}, 30_000);

test("an action whose kind has no handler fails the plan before any other is applied", async () => {
  const openPlan = definePlan({
    name: "OpenPlan",
    schema: z.strictObject({ actions: z.array(z.looseObject({ kind: z.string() })) }),
  });
  const applied: string[] = [];
  const known = (): { entitiesAffected: number } => {
    applied.push("known");
    return { entitiesAffected: 1 };
  };
  const openSpec = defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [definePlanner({ name: "planner", model: "m", prompt: "p", plan: openPlan })],
    plans: [openPlan],
    approvalPolicies: { plans: "never" },
  });
  await using open = await openRuntime(openSpec, { actionDispatcher: defineDispatcher(openPlan, { known }) });
  const { plans } = open.runtime;
  await plans.store({ plan: openPlan, planId: "p1", body: { actions: [{ kind: "known" }, { kind: "unheard" }] } });

  const plan = await plans.execute("p1", { waitMs: 20_000 });

  expect(plan).toMatchObject({ status: "failed", error: { code: "ACTION_KIND_UNKNOWN" } });
  expect(plan.error?.message).toContain('received "unheard"');
  expect(applied).toEqual([]);
});

test("a reference of another workspace cannot be named", async () => {
  await using other = await openRuntime(spec);
  const { kind, id } = await other.runtime.createReference(productSet, ["x"]);
  await using open = await openRuntime(spec, {
    actionDispatcher: recordingDispatcher().dispatcher,
    session: { store: `sqlite:${join(other.home, "state.db")}` },
  });
  const body = { rationale: "r", actions: [{ kind: "hold", products: { kind, id } }] };

  await expect(open.runtime.plans.store({ plan: pricePlan, planId: "p1", body })).rejects.toThrow(id);
});

test.each([
  ["is gone", "DELETE FROM blobs"],
  // A plan holds what it names, so only damage makes a reference of it expire.
  ["has expired", "DELETE FROM blob_pins; UPDATE refs SET expires_at = '2020-01-01T00:00:00.000Z'"],
  ["was changed", "UPDATE blobs SET codec = 'raw', content = CAST('[]' AS BLOB)"],
])("a reference whose value %s fails the plan before anything is applied", async (_name, damage) => {
  const { effects, dispatcher } = recordingDispatcher();
  await using open = await openRuntime(planSpec(), { actionDispatcher: dispatcher });
  const { kind, id } = await open.runtime.createReference(productSet, ["x".repeat(1_000)]);
  const actions = [two.actions[0], { kind: "hold", products: { kind, id } }];
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "r", actions } });
  const file = new SQLite(join(open.home, "state.db"));
  file.exec(damage);
  file.close();
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "ann" });

  const plan = await open.runtime.plans.execute("p1", { waitMs: 20_000 });

  expect(plan.status).toBe("failed");
  expect(plan.error?.code).toMatch(/^REFERENCE_(MISSING|CORRUPT|EXPIRED)$/);
  expect(effects).toEqual([]);
});

test("a reference whose value is lost while the plan is applied ends the plan, and people read why", async () => {
  let home = "";
  const { effects, dispatcher } = recordingDispatcher({}, async () => {
    const file = new SQLite(join(home, "state.db"));
    file.exec("DELETE FROM blobs");
    file.close();
    return undefined;
  });
  await using open = await openRuntime(planSpec({ plans: "never" }), { actionDispatcher: dispatcher });
  home = open.home;
  const { kind, id } = await open.runtime.createReference(productSet, ["x".repeat(1_000)]);
  const actions = [two.actions[0], { kind: "hold", products: { kind, id } }];
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "r", actions } });

  const plan = await open.runtime.plans.execute("p1", { waitMs: 20_000 });

  expect(plan).toMatchObject({ status: "failed", error: { code: "REFERENCE_MISSING" } });
  expect((await open.runtime.plans.actions("p1")).map(({ state }) => state)).toEqual(["done", "skipped"]);
  expect(effects).toHaveLength(1);
}, 30_000);
