import { expect, test } from "vitest";
import { defineDispatcher } from "../../../src/specs/dispatchers/dispatcher.ts";
import { planSpec, pricePlan, productSet, recordingDispatcher } from "../../helpers/plan-app.ts";
import { serveRuntimes } from "../../helpers/serve-runtimes.ts";
import { untilGated } from "../../helpers/until-gated.ts";

const body = { rationale: "season", actions: [{ kind: "price", product: "a", price: 6.49 }] };
const rule = { kind: "always", approvers: ["Ann", "Bo"], min: 2, notRequester: true } as const;

test("who approves over HTTP is shown all of a plan, with what it would do and what it refers to", async () => {
  const dispatcher = defineDispatcher(
    pricePlan,
    {
      price: { run: async () => ({ entitiesAffected: 1 }), preview: ({ price }) => `would cost ${price}` },
      hold: { run: async () => ({ entitiesAffected: 2 }) },
    },
    { references: [productSet] },
  );
  const { here, call } = await serveRuntimes(planSpec({ plans: rule }), { runtime: { actionDispatcher: dispatcher } });
  const handle = await here.runtime.createReference(productSet, ["a", "b"]);
  const products = { kind: handle.kind, id: handle.id };
  const actions = [...body.actions, { kind: "hold", products }];
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: { ...body, actions }, requestedBy: "Cy" });
  await untilGated(here.runtime, "p1");

  const plan = await call("/api/plans/p1");
  const gate = await call("/api/approvals/p1");
  const audit = await call("/api/plans/p1?audit=true");

  const card = {
    title: "PricePlan p1",
    fields: [{ label: "rationale", value: "season" }],
    actions: [
      {
        title: "action 0: price",
        fields: [
          { label: "product", value: "a" },
          { label: "price", value: "6.49" },
        ],
        preview: '"would cost 6.49"',
        references: [],
      },
      { title: "action 1: hold", references: [{ ...products, glimpse: expect.anything() }] },
    ],
    warnings: [],
  };
  expect(plan.json).toMatchObject({ schemaVersion: 1, status: "draft", card });
  expect(gate.json).toMatchObject({ schemaVersion: 1, status: "open", args: null, outcome: null, card });
  expect(plan.json).not.toHaveProperty("revisions");
  expect(audit.json).toMatchObject({
    card,
    revisions: [{ revision: 1, document: { rationale: "season" }, editedBy: null }],
    gates: [{ revision: 1, rule, mode: "open", requestedBy: "Cy", deadline: null, status: "open", outcome: null }],
  });
});

test("a plan that was decided says what was decided, by whom and under which rule", async () => {
  const { dispatcher } = recordingDispatcher();
  const { here, call } = await serveRuntimes(planSpec({ plans: rule }), { runtime: { actionDispatcher: dispatcher } });
  const decide = (id: string, json: unknown): ReturnType<typeof call> =>
    call(`/api/plans/${id}/decisions`, { method: "POST", json });
  for (const planId of ["approved", "rejected"]) {
    await here.runtime.plans.store({ plan: "PricePlan", planId, body, requestedBy: "Cy" });
    await untilGated(here.runtime, planId);
  }
  await decide("approved", { decision: "approve", by: "Ann" });
  await decide("approved", { decision: "approve", by: "Bo" });
  await here.runtime.plans.execute("approved");
  await decide("rejected", { decision: "reject", by: "Ann" });

  const approved = await call("/api/approvals/approved");
  const rejected = await call("/api/approvals/rejected");
  const audit = await call("/api/plans/approved?audit=true");

  const shown = { status: "closed", rule, requestedBy: "Cy" };
  const at = expect.any(String);
  expect(approved).toMatchObject({
    status: 200,
    json: { ...shown, id: "approved", outcome: { decision: "approve", by: ["Ann", "Bo"], at } },
  });
  expect(rejected).toMatchObject({
    status: 200,
    json: { ...shown, id: "rejected", outcome: { decision: "reject", by: ["Ann"], at } },
  });
  expect(audit.json).toMatchObject({ gates: [{ ...shown, outcome: { by: ["Ann", "Bo"] } }] });
});

test("a plan that a policy approved shows that, and one about which nobody was asked says so", async () => {
  const { dispatcher } = recordingDispatcher();
  const { here, call } = await serveRuntimes(planSpec({ plans: "never" }), {
    runtime: { actionDispatcher: dispatcher },
  });
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p1", body });
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p2", body });
  await here.runtime.plans.execute("p1");

  const approved = await call("/api/approvals/p1");
  const unasked = await call("/api/approvals/p2");

  expect(approved.json).toMatchObject({
    status: "closed",
    rule: { kind: "never" },
    outcome: { decision: "approve", by: ["policy"] },
  });
  expect(unasked).toMatchObject({
    status: 404,
    json: {
      error: {
        code: "GATE_UNKNOWN",
        message: 'Plan "p2" is draft, and nobody was asked about it.',
        hint: expect.stringContaining("bridle plans show p2 --audit"),
      },
    },
  });
});
