import * as z from "zod";
import { expect, test } from "vitest";
import { defineExecutor, defineRuntime, defineTenant } from "../../src/index.ts";
import { bindRuntime, type Runtime } from "../../src/runtime/bind-runtime.ts";
import { lazily } from "../../src/runtime/lazy-session.ts";
import { definePlan } from "../../src/specs/plans/plan.ts";
import type { RuntimeSpec } from "../../src/specs/runtime-spec.ts";
import { openRuntime, testApp, uniqueName } from "../helpers/open-runtime.ts";
import {
  execute,
  planSpec,
  priceBody,
  pricePlan,
  productSet,
  recordingDispatcher,
  store,
  watchPlan,
} from "../helpers/plan-app.ts";
import { readEvents, toolResults } from "../helpers/read-events.ts";

const wipePlan = definePlan({
  name: "WipePlan",
  schema: z.strictObject({ actions: z.array(z.strictObject({ kind: z.literal("wipe"), all: z.boolean() })) }),
});

test("an executor does not execute a plan of another kind, and is told so", async () => {
  const spec = defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [defineExecutor({ model: "m", prompt: "p", name: "executor", plan: pricePlan })],
    plans: [pricePlan, wipePlan],
    references: [productSet],
    approvalPolicies: { plans: "never" },
  });
  const effects: unknown[] = [];
  const dispatcher = async (actions: unknown): Promise<{ entitiesAffected: number }> => {
    effects.push(actions);
    return { entitiesAffected: 1 };
  };
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await plans.store({ plan: wipePlan, planId: "p1", body: { actions: [{ kind: "wipe", all: true }] } });

  const results = toolResults(
    await readEvents(open.runtime.runSpecialist("executor", JSON.stringify([execute("p1"), { text: "Told." }]))),
  );

  expect(results).toMatchObject([{ isError: true, result: expect.stringContaining("PLAN_KIND_MISMATCH") }]);
  expect(effects).toEqual([]);
  expect(await plans.get("p1")).toMatchObject({ status: "draft" });
}, 30_000);

test("a plan belongs to the app that stored it: no other revises or executes it, whatever its policy", async () => {
  const lax = recordingDispatcher();
  const strict = recordingDispatcher();
  const workspace = uniqueName("ws");
  const laxApp = hosted("lax", planSpec({ plans: "never" }), { workspace, actionDispatcher: lax.dispatcher });
  const strictApp = hosted("strict", planSpec(), { workspace, actionDispatcher: strict.dispatcher });
  await using open = await openRuntime(planSpec(), { workspace, session: { hosted: [laxApp, strictApp] } });
  const session = async (): Promise<typeof open.session> => open.session;
  const [a, b] = [bindRuntime(laxApp, lazily(session)), bindRuntime(strictApp, lazily(session))];
  const agent = async (runtime: Runtime, name: string, step: unknown): Promise<unknown> =>
    toolResults(await readEvents(runtime.runSpecialist(name, JSON.stringify([step, { text: "Told." }]))));
  await b.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });

  await expect(a.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("b") })).rejects.toMatchObject({
    code: "PLAN_CONFLICT",
  });
  await expect(a.plans.execute("p1", { waitMs: 100 })).rejects.toMatchObject({ code: "PLAN_CONFLICT" });
  const refused = [{ isError: true, result: expect.stringContaining("PLAN_CONFLICT") }];
  expect(await agent(a, "planner", store("p1", "b"))).toMatchObject(refused);
  expect(await agent(a, "executor", execute("p1"))).toMatchObject(refused);

  expect([...lax.effects, ...strict.effects]).toEqual([]);
  expect(await b.plans.get("p1")).toMatchObject({ status: "draft", revision: 1, origin: { app: "strict" } });
}, 30_000);

test("a workflow that was started by hand for another app's plan ends, and decides nothing", async () => {
  const workspace = uniqueName("ws");
  const { effects, dispatcher } = recordingDispatcher();
  const laxApp = hosted("lax", planSpec({ plans: "never" }), { workspace, actionDispatcher: dispatcher });
  const strictApp = hosted("strict", planSpec(), { workspace, actionDispatcher: dispatcher });
  await using open = await openRuntime(planSpec(), { workspace, session: { hosted: [laxApp, strictApp] } });
  const b = bindRuntime(
    strictApp,
    lazily(async () => open.session),
  );
  const { planId, workflowId } = await b.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  await watchPlan(open, "p1").handle.terminate("by hand");
  const { client, taskQueue } = open.session;

  const forged = await client.workflow.signalWithStart("plan", {
    workflowId,
    taskQueue,
    args: [{ app: "lax", tenant: "acme", workspace, planId }],
    signal: "execute",
    signalArgs: [{}],
  });

  await expect(forged.result()).rejects.toMatchObject({ cause: { type: "PLAN_CONFLICT" } });
  expect(effects).toEqual([]);
}, 30_000);

function hosted(app: string, spec: RuntimeSpec, options: Parameters<typeof testApp>[1]): ReturnType<typeof testApp> {
  return { ...testApp(spec, options), app };
}
