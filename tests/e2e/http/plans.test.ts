import { expect, test } from "vitest";
import { ActionRefusedError } from "../../../src/specs/dispatchers/action-refused-error.ts";
import { defineDispatcher } from "../../../src/specs/dispatchers/dispatcher.ts";
import { planSpec, priceBody, pricePlan, recordingDispatcher, store } from "../../helpers/plan-app.ts";
import { serveRuntimes } from "../../helpers/serve-runtimes.ts";

const body = { rationale: "r", actions: [{ kind: "price", product: "a", price: 6.49 }] };

test("plans are listed and shown, and a decision counts once, for the content that was looked at", async () => {
  const { dispatcher } = recordingDispatcher();
  const { here, call } = await serveRuntimes(planSpec(), { runtime: { actionDispatcher: dispatcher } });
  const { planHash } = await here.runtime.plans.store({ plan: "PricePlan", planId: "p1", body });
  const decide = (json: unknown): ReturnType<typeof call> => call("/api/plans/p1/decisions", { method: "POST", json });

  const before = await call("/api/plans/p1");
  const stale = await decide({ decision: "approve", by: "Bo", planHash: "0".repeat(64) });
  const cut = await decide({ decision: "approve", by: "Bo", planHash: planHash.slice(0, 12) });
  const approved = await decide({ decision: "approve", by: "Bo", planHash, decisionId: "d1" });
  const again = await decide({ decision: "approve", by: "Bo", planHash, decisionId: "d1" });
  await here.runtime.plans.execute("p1");
  const after = await call("/api/plans/p1");
  const audit = await call("/api/plans/p1?audit=true");
  const list = await call("/api/plans?status=executed");

  expect(before.json).toMatchObject({
    schemaVersion: 1,
    status: "draft",
    planHash,
    revision: 1,
    actions: [{ index: 0, kind: "price", state: "pending", attempts: 0 }],
    decisions: [],
  });
  expect(stale).toMatchObject({ status: 409, json: { result: { kind: "refused", code: "plan_hash_mismatch" } } });
  expect(cut).toMatchObject({ status: 400, json: { error: { code: "INPUT_INVALID" } } });
  expect(approved).toMatchObject({ status: 200, json: { result: { kind: "counted", status: "approved" } } });
  expect(again).toMatchObject({ status: 409, json: { result: { code: "already_decided" } } });
  expect(after.json).toMatchObject({
    status: "executed",
    actions: [{ state: "done", attempts: 1, idempotencyKey: expect.stringMatching(/^b1\./) }],
    decisions: [{ decisionId: "d1", decision: "approve", by: "Bo", authn: "none", channel: "http" }],
  });
  expect(after.json).toHaveProperty("decisions.length", 1);
  expect(audit.json).toHaveProperty("decisions.length", 3);
  expect(list.json).toMatchObject({ items: [{ planId: "p1", entitiesAffected: 1 }], next: null });
});

test("a plan of another workspace is not there, and a decision with a wrong field is not looked at", async () => {
  const served = await serveRuntimes(planSpec());
  const { here, call, otherWorkspace } = served;
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p1", body });
  const decide = (path: string, json: unknown): ReturnType<typeof call> => call(path, { method: "POST", json });

  const elsewhere = await call(`/api/plans/p1?workspace=${otherWorkspace}`);
  const decided = await decide(`/api/plans/p1/decisions?workspace=${otherWorkspace}`, { decision: "approve" });
  const wrong = await decide("/api/plans/p1/decisions", { decision: "aprove" });

  expect(elsewhere).toMatchObject({ status: 404, json: { error: { code: "PLAN_UNKNOWN" } } });
  expect(decided).toMatchObject({ status: 404, json: { result: { code: "unknown_plan" } } });
  expect(wrong).toMatchObject({ status: 400, json: { error: { code: "INPUT_INVALID" } } });
  expect(await here.runtime.plans.decisions("p1")).toEqual([]);
});

test("a run shows the plans that it stored, and its plans can be listed", async () => {
  const { here, call } = await serveRuntimes(planSpec());
  const script = JSON.stringify([store("p1", "a"), store("p2", "b")]);
  await here.runtime.runSpecialist("planner", script, { runId: "r1" }).result();
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p3", body });

  const run = await call("/api/runs/r1");
  const plans = await call("/api/plans?runId=r1");

  expect(run.json).toMatchObject({ planIds: ["p1", "p2"] });
  expect(plans.json).toMatchObject({ items: [{ planId: "p2", runId: "r1" }, { planId: "p1" }] });
});

test("what a failed plan applied is taken back once over HTTP", async () => {
  const dispatcher = defineDispatcher(pricePlan, {
    price: {
      run: ({ product }) => {
        if (product === "broken") throw new ActionRefusedError("no such product");
        return { entitiesAffected: 1 };
      },
      compensate: () => ({ entitiesAffected: 1 }),
    },
    hold: () => null,
  });
  const { here, call } = await serveRuntimes(planSpec({ plans: "never" }), {
    runtime: { actionDispatcher: dispatcher },
  });
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a", "broken") });
  await here.runtime.plans.execute("p1");
  const compensate = (json: unknown): ReturnType<typeof call> =>
    call("/api/plans/p1/compensate", { method: "POST", json });

  const nobody = await compensate({ note: "who?" });
  const undone = await compensate({ by: "Bo", note: "closed" });
  await here.runtime.plans.execute("p1.undo");
  const undo = await call("/api/plans/p1.undo");
  const again = await compensate({ by: "Cy" });

  expect(nobody).toMatchObject({ status: 400, json: { error: { code: "INPUT_INVALID" } } });
  expect(undone).toMatchObject({ status: 200, json: { undo: { planId: "p1.undo" }, answer: { kind: "counted" } } });
  expect(undo.json).toMatchObject({
    status: "executed",
    requestedBy: "Bo",
    actions: [{ kind: "price", state: "done", idempotencyKey: expect.stringMatching(/\.undo$/) }],
    decisions: [{ decision: "approve", by: "Bo", channel: "http" }],
  });
  expect(again).toMatchObject({ status: 409, json: { error: { code: "NOTHING_TO_UNDO" } } });
});

test("an action in doubt is settled once over HTTP", async () => {
  const { dispatcher } = recordingDispatcher({ timeoutMs: 50 }, () => new Promise(() => undefined));
  const { here, call } = await serveRuntimes(planSpec({ plans: "never" }), {
    runtime: { actionDispatcher: dispatcher },
  });
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p1", body });
  await here.runtime.plans.execute("p1");
  const settle = (json: unknown): ReturnType<typeof call> => call("/api/plans/p1/settle", { method: "POST", json });

  const wrong = await settle({ index: 0, as: "maybe", by: "Bo" });
  const settled = await settle({ index: 0, as: "failed", by: "Bo", note: "no trace of it" });
  const again = await settle({ index: 0, as: "done", by: "Cy" });

  expect(wrong).toMatchObject({ status: 400, json: { error: { code: "INPUT_INVALID" } } });
  expect(settled).toMatchObject({
    status: 200,
    json: { action: { state: "failed", settlement: { as: "failed", by: "Bo", channel: "http" } } },
  });
  expect(again).toMatchObject({ status: 409, json: { error: { code: "ACTION_NOT_IN_DOUBT" } } });
});

test("a plan is stopped over HTTP, and one that has ended is left alone", async () => {
  const { here, call, otherWorkspace } = await serveRuntimes(planSpec());
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p1", body });
  const cancel = (json: unknown, query = ""): ReturnType<typeof call> =>
    call(`/api/plans/p1/cancel${query}`, { method: "POST", json });

  const nobody = await cancel({ note: "who?" });
  const elsewhere = await cancel({ by: "Bo" }, `?workspace=${otherWorkspace}`);
  const asked = await cancel({ by: "Bo", note: "closed" });
  await here.runtime.plans.cancel("p1", { by: "Cy" });
  const again = await cancel({ by: "Cy" });
  const audit = await call("/api/plans/p1?audit=true");

  expect(nobody).toMatchObject({ status: 400, json: { error: { code: "INPUT_INVALID" } } });
  expect(elsewhere).toMatchObject({ status: 404, json: { error: { code: "PLAN_UNKNOWN" } } });
  expect(asked).toMatchObject({
    status: 202,
    json: { schemaVersion: 1, planId: "p1", kind: "asked", cancelledBy: null },
  });
  expect(again).toMatchObject({
    status: 200,
    json: {
      status: "rejected",
      kind: "ended",
      actions: { count: 1, applied: 0, inDoubt: [] },
      cancelledBy: { by: "Bo" },
    },
  });
  expect(audit.json).toMatchObject({ decisions: [{ decision: "cancel", by: "Bo", note: "closed", channel: "http" }] });
});
