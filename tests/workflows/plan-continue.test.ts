import { expect, test, vi } from "vitest";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { startOwnServer } from "../helpers/own-server.ts";
import { execute, planSpec, priceBody, pricePlan, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";
import { untilGated } from "../helpers/until-gated.ts";

const PRODUCTS = Array.from({ length: 8 }, (_, index) => `p${index}`);

test("turns that ask while actions are applied are answered, also when the history is cut in between", async () => {
  await using server = await startOwnServer(["limit.historyCount.suggestContinueAsNew=40"]);
  const runs: Promise<{ readonly status: string }>[] = [];
  let ask = async (): Promise<void> => undefined;
  const { effects, dispatcher } = recordingDispatcher({ guarantee: "keyed" }, async () => {
    await ask();
    return { entitiesAffected: 1 };
  });
  await using open = await openRuntime(planSpec(), {
    actionDispatcher: dispatcher,
    session: { temporal: { address: server.address, taskQueue: uniqueName("queue") } },
  });
  const { plans } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  ask = async () => {
    const threadId = `t${effects.length}`;
    const run = open.runtime.runSpecialist("executor", JSON.stringify([execute("p1"), { text: "Told." }]), {
      threadId,
    });
    runs.push(run.result());
    await run.started;
    const thread = open.session.client.workflow.getHandle(`acme/${open.runtime.app.workspace}/thread/${threadId}`);
    await vi.waitUntil(async () => JSON.stringify(await thread.query("pending")).includes('"plan"'), {
      timeout: 10_000,
    });
  };
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody(...PRODUCTS) });
  const first = (await handle.describe()).runId;
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "Bo" });

  const after = await plans.execute("p1");
  const ends = await Promise.all(runs);

  expect(after).toMatchObject({ status: "executed", result: { entitiesAffected: PRODUCTS.length } });
  expect(effects).toHaveLength(PRODUCTS.length);
  expect(ends.map(({ status }) => status)).toEqual(PRODUCTS.map(() => "completed"));
  expect(await handle.result()).toMatchObject({ status: "executed" });
  expect((await handle.describe()).runId).not.toBe(first);
}, 90_000);

test("a plan that waits keeps its gate, its answers and those who wait across histories", async () => {
  await using server = await startOwnServer(["limit.historyCount.suggestContinueAsNew=40"]);
  await using open = await openRuntime(planSpec({ plans: { kind: "always", min: 2 } }), {
    actionDispatcher: recordingDispatcher().dispatcher,
    session: { temporal: { address: server.address, taskQueue: uniqueName("queue") } },
  });
  const { plans, respondToApproval } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  const run = open.runtime.runSpecialist("executor", JSON.stringify([execute("p1"), { text: "Told." }]));
  await untilGated({ plans }, "p1");
  const { gate } = await plans.get("p1");
  const first = (await handle.describe()).runId;
  await respondToApproval("p1", { decision: "approve", by: "ann" });

  const late: unknown[] = [];
  for (let tries = 0; (await handle.describe()).runId === first && tries < 40; tries++)
    late.push(await respondToApproval("p1", { decision: "approve", by: "ann", decisionId: `again-${tries}` }));
  const carried = await plans.get("p1");
  await respondToApproval("p1", { decision: "approve", by: "bo" });

  expect((await handle.describe()).runId).not.toBe(first);
  expect(late).toEqual(late.map(() => expect.objectContaining({ kind: "refused", code: "already_decided" })));
  expect(carried.gate).toEqual(gate);
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(await handle.result()).toMatchObject({ status: "executed" });
}, 90_000);
