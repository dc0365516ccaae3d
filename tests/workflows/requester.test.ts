import { expect, test } from "vitest";
import { ask } from "../helpers/crash-script.ts";
import { pay, payingApp, watchGates } from "../helpers/gated-app.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, recordingDispatcher, store } from "../helpers/plan-app.ts";
import { readEvents } from "../helpers/read-events.ts";
import { untilGated } from "../helpers/until-gated.ts";

const notRequester = { kind: "always", notRequester: true } as const;

test("the person who prompts may not approve the plan that a routed planner makes of it", async () => {
  const { dispatcher } = recordingDispatcher();
  await using open = await openRuntime(planSpec({ plans: notRequester }), { actionDispatcher: dispatcher });
  const { plans, approvals, runs, query, respondToApproval } = open.runtime;
  const script = JSON.stringify([ask("planner", store("p1", "a"), { text: "Stored." }), { text: "Done." }]);
  await query(script, { runId: "r1", requestedBy: "Ann" }).result();
  await untilGated({ plans }, "p1");

  const own = await respondToApproval("p1", { decision: "approve", by: "ann " });
  const other = await respondToApproval("p1", { decision: "approve", by: "Bo" });

  expect(own).toMatchObject({ kind: "refused", code: "forbidden", message: expect.stringContaining("asked for this") });
  expect(other).toMatchObject({ kind: "counted", status: "approved" });
  expect(await runs.get("r1")).toMatchObject({ requestedBy: "Ann" });
  expect((await plans.get("p1")).origin).toMatchObject({ requestedBy: "Ann", agent: "planner", runId: "r1" });
  expect((await approvals.get("p1")).gate).toMatchObject({ requestedBy: "Ann", agent: "planner" });
});

test("the person who prompts may not approve the call of a routed agent, whose news stay the agent's", async () => {
  const { spec, payments } = payingApp({ approval: notRequester });
  await using open = await openRuntime(spec);
  const script = JSON.stringify([ask("teller", pay(5), { text: "Paid." }), { text: "Done." }]);
  const reading = readEvents(open.runtime.query(script, { requestedBy: "Ann" }));
  const [waiting] = await watchGates(open).untilWaiting(1);
  const id = waiting?.gate.id ?? "";

  const own = await open.runtime.respondToApproval(id, { decision: "approve", by: "Ann" });
  const other = await open.runtime.respondToApproval(id, { decision: "approve", by: "Bo" });

  expect(waiting?.gate).toMatchObject({ requestedBy: "Ann", agent: "teller" });
  expect(own).toMatchObject({ kind: "refused", code: "forbidden" });
  expect(other).toMatchObject({ kind: "counted", status: "approved" });
  const news = (await reading).filter(({ type }) => type.startsWith("approval-"));
  expect(news.map(({ agent }) => agent)).toEqual(["teller", "teller"]);
  expect(payments).toEqual([5]);
});

test("where nobody is named the agent asks, and a name that says nothing is refused", async () => {
  const { dispatcher } = recordingDispatcher();
  await using open = await openRuntime(planSpec({ plans: notRequester }), { actionDispatcher: dispatcher });
  const { plans, approvals, runs, runSpecialist } = open.runtime;
  await runSpecialist("planner", JSON.stringify([store("p1", "a"), { text: "Stored." }]), { runId: "r1" }).result();
  await untilGated({ plans }, "p1");

  expect(await runs.get("r1")).toMatchObject({ requestedBy: null });
  expect((await approvals.get("p1")).gate).toMatchObject({ requestedBy: "planner", agent: "planner" });
  const wrong = { code: "INPUT_INVALID", message: expect.stringContaining("at most 200 characters") };
  for (const requestedBy of ["", " ", "x".repeat(201)]) {
    expect(() => runSpecialist("planner", "hello", { requestedBy })).toThrow(expect.objectContaining(wrong));
    const host = { plan: "PricePlan", planId: "p2", body: { rationale: "r", actions: [] }, requestedBy };
    await expect(plans.store(host)).rejects.toMatchObject(wrong);
  }
});
