/** Postgres takes no NUL in text, and everything that a stranger may write can hold one. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, test, vi } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant } from "../../src/index.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { execute, planSpec, priceBody, pricePlan, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";
import { readEvents, readUntil, toolResults } from "../helpers/read-events.ts";

const postgres = { store: `${inject("postgresUrl")}?schema=text_${randomBytes(6).toString("hex")}` };

test("a model that calls a tool by a name with a NUL is told that there is none", async () => {
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p" });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
  await using open = await openRuntime(spec, { session: postgres });

  const script = JSON.stringify([{ tool: "look\0up", args: {} }, { text: "over" }]);
  const events = await readEvents(open.runtime.runSpecialist("worker", script));

  expect(toolResults(events)).toMatchObject([{ isError: true, result: expect.stringContaining("TOOL_UNKNOWN") }]);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop", text: "over" });
});

test("a plan's workflow ends although someone asked for it by hand in the name of a turn with a NUL", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const { dispatcher, effects } = recordingDispatcher({}, () => promise);
  await using open = await openRuntime(planSpec(), { actionDispatcher: dispatcher, session: postgres });
  const { plans, respondToApproval } = open.runtime;
  for (const planId of ["p1", "p2"]) await plans.store({ plan: pricePlan, planId, body: priceBody("a") });
  const live = open.runtime.runSpecialist("executor", JSON.stringify([execute("p2"), { text: "ok" }]));
  await readUntil(live, (event) => event.type === "approval-required");
  await respondToApproval("p1", { decision: "approve", by: "Bo" });
  const executed = plans.execute("p1", { waitMs: 10_000 });
  await vi.waitUntil(() => effects.length === 1, { timeout: 15_000 });

  const { handle } = watchPlan(open, "p1");
  const waiter = { workflowId: "w", runId: live.runId, turn: "t\0", agent: "a\0", callId: "c" };
  await handle.signal("execute", { requestId: "by-stranger", waiter });
  resolve(undefined);

  expect(await executed).toMatchObject({ status: "executed" });
  const ended = await Promise.race([handle.result(), sleep(10_000, "still running", { ref: false })]);
  expect(ended).toMatchObject({ status: "executed" });
});
