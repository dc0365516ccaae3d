import { expect, test } from "vitest";
import { ActionRefusedError } from "../../src/specs/dispatchers/action-refused-error.ts";
import { defineDispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import { pay, payingApp } from "../helpers/gated-app.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody, pricePlan, recordingDispatcher, store } from "../helpers/plan-app.ts";
import { readEvents, toolResults } from "../helpers/read-events.ts";

const rule = { kind: "always", approvers: ["boss", "cfo"], min: 2, notRequester: true } as const;
const why = '2 of "boss", "cfo" must approve, but not whoever asked; "boss" asked, so only "cfo" may.';
const refused = { code: "APPROVAL_IMPOSSIBLE", message: expect.stringContaining(why) };

test("a plan that an approver asks for is refused where too few others are left, from code and from a model", async () => {
  const { dispatcher } = recordingDispatcher();
  await using open = await openRuntime(planSpec({ plans: rule }), { actionDispatcher: dispatcher });
  const { plans, runSpecialist } = open.runtime;
  const script = JSON.stringify([store("p1", "a"), { text: "I could not." }]);

  const host = plans.store({ plan: pricePlan, planId: "p2", body: priceBody("a"), requestedBy: "boss" });
  await expect(host).rejects.toMatchObject(refused);
  const events = await readEvents(runSpecialist("planner", script, { requestedBy: "boss" }));

  expect(toolResults(events)).toMatchObject([{ isError: true, result: expect.stringContaining(why) }]);
  expect((await plans.list()).items).toEqual([]);
  await plans.store({ plan: pricePlan, planId: "p2", body: priceBody("a"), requestedBy: "ann" });
});

test("a call that nobody could let pass is answered instead of waiting for ever", async () => {
  const { spec, payments } = payingApp({ approval: rule });
  await using open = await openRuntime(spec);

  const run = open.runtime.query(JSON.stringify([pay(5), { text: "Not paid." }]), { requestedBy: "boss" });
  const events = await readEvents(run);

  expect(toolResults(events)).toMatchObject([{ isError: true, result: expect.stringContaining(why) }]);
  expect(await run.result()).toMatchObject({ status: "completed", text: "Not paid." });
  expect((await open.runtime.approvals.list()).items).toEqual([]);
  expect(payments).toEqual([]);
});

test("an undo that its asker would make impossible is not made, and is made for somebody else", async () => {
  const dispatcher = defineDispatcher(pricePlan, {
    price: {
      run: async ({ product }) => {
        if (product === "broken") throw new ActionRefusedError("no such product");
        return { entitiesAffected: 1 };
      },
      compensate: async () => ({ entitiesAffected: 1 }),
    },
    hold: { run: async () => ({ entitiesAffected: 1 }) },
  });
  await using open = await openRuntime(planSpec({ plans: rule }), { actionDispatcher: dispatcher });
  const { plans, respondToApproval } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "broken"), requestedBy: "ann" });
  await plans.execute("p1", { waitMs: 0 });
  for (const by of ["boss", "cfo"]) await respondToApproval("p1", { decision: "approve", by });
  await plans.execute("p1", { waitMs: 20_000 });

  await expect(plans.compensate("p1", { by: "boss" })).rejects.toMatchObject(refused);
  expect(await plans.undos("p1")).toEqual([]);
  const { undo } = await plans.compensate("p1", { by: "ann" });
  const approval = await plans.compensate("p1", { by: "boss" });

  expect(undo).toMatchObject({ status: "draft", origin: { requestedBy: "ann" } });
  expect(approval.answer).toMatchObject({ kind: "counted", waitsForMore: true });
});
