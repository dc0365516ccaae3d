/** The store is locked by somebody else just when an outcome is known: what is known stays known. */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { type FakeMessagesApi, startFakeMessagesApi } from "../../src/testing/index.ts";
import { defineDispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody, pricePlan, recordingDispatcher } from "../helpers/plan-app.ts";
import { readEvents, toolResults } from "../helpers/read-events.ts";

/** Longer than a statement waits for a lock. */
const LOCKED_MS = 6_500;

/** As a backup or a shell does it. */
function lockStore(home: string): void {
  const database = new SqliteDatabase(join(home, "state.db"), { timeout: 5_000 });
  database.exec("begin immediate");
  setTimeout(() => {
    database.exec("commit");
    database.close();
  }, LOCKED_MS);
}

test("an action that was applied is done, not in doubt, also without a key", { timeout: 60_000 }, async () => {
  let home = "";
  const { effects, dispatcher } = recordingDispatcher({ guarantee: "none" }, async () => {
    if (effects.length === 1) lockStore(home);
    return { entitiesAffected: 7 };
  });
  await using open = await openRuntime(planSpec({ plans: "never" }), { actionDispatcher: dispatcher });
  home = open.home;
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "b") });

  const plan = await open.runtime.plans.execute("p1", { waitMs: 40_000 });

  expect(plan).toMatchObject({ status: "executed", result: { entitiesAffected: 14 } });
  expect(effects).toHaveLength(2);
});

test("an action of a batch that was applied is not recorded as failed", { timeout: 60_000 }, async () => {
  let home = "";
  const applied: string[] = [];
  const dispatcher = defineDispatcher(
    pricePlan,
    {
      price: ({ product }) => {
        applied.push(product);
        if (product === "a") lockStore(home);
        return { entitiesAffected: 1 };
      },
      hold: () => null,
    },
    { mode: "batch", guarantee: "none" },
  );
  await using open = await openRuntime(planSpec({ plans: "never" }), { actionDispatcher: dispatcher });
  home = open.home;
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a", "b") });

  const plan = await open.runtime.plans.execute("p1", { waitMs: 40_000 });
  const states = (await open.runtime.plans.actions("p1")).map(({ state }) => state);

  expect({ applied, states, status: plan.status }).toEqual({
    applied: ["a", "b"],
    states: ["done", "done"],
    status: "executed",
  });
});

test("a call that must happen once is answered with what it came to", { timeout: 60_000 }, async () => {
  let home = "";
  const calls: string[] = [];
  const send = defineTool({
    name: "send",
    description: "Sends.",
    input: { type: "object" },
    effects: "once",
    handler: () => {
      calls.push("sent");
      lockStore(home);
      return "sent as 42";
    },
  });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [send] });
  await using open = await openRuntime(defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] }));
  home = open.home;

  const run = open.runtime.runSpecialist("worker", JSON.stringify([{ tool: "send", args: {} }, { text: "over" }]));
  const events = await readEvents(run);

  expect(toolResults(events)).toMatchObject([{ tool: "send", isError: false, result: "sent as 42" }]);
  expect(calls).toEqual(["sent"]);
});

test("a model that has begun to speak is heard to its end, and not asked again", { timeout: 60_000 }, async () => {
  const { api, spec } = await answering(() => ({ text: "The only answer.", chunkChars: 4, chunkDelayMs: 20 }));
  await using open = await openRuntime(spec, { interpreter: "anthropic" });

  const run = open.runtime.runSpecialist("worker", "Which answer?");
  const texts: string[] = [];
  for await (const event of run) {
    if (event.type !== "text") continue;
    if (texts.length === 0) lockStore(open.home);
    texts.push(event.text);
  }

  expect(api.requests).toHaveLength(1);
  expect(texts.join("")).toBe("The only answer.");
  expect(await run.result()).toMatchObject({ status: "completed", text: "The only answer." });
});

test("a reply in hand is kept, and the model is not asked for it again", { timeout: 60_000 }, async () => {
  let home = "";
  const { api, spec } = await answering(({ bodyText }, index) => {
    if (bodyText.includes("tool_result")) return { text: "over" };
    if (index === 0) lockStore(home); // nothing of this reply is told before it is kept
    return { toolCalls: [{ name: "look", args: {} }] };
  });
  await using open = await openRuntime(spec, { interpreter: "anthropic" });
  home = open.home;

  const run = await open.runtime.runSpecialist("worker", "Look.").result();

  expect(run).toMatchObject({ status: "completed", text: "over" });
  expect(api.requests).toHaveLength(2);
});

async function answering(answer: Parameters<FakeMessagesApi["respond"]>[0]) {
  const api = await startFakeMessagesApi();
  onTestFinished(() => api.close());
  api.respond(answer);
  const look = defineTool({ name: "look", description: "Looks.", input: { type: "object" }, handler: () => "seen" });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [look] });
  const anthropic = { apiKey: "any", baseURL: api.url };
  const tenant = defineTenant("acme", "1");
  return { api, spec: defineRuntime({ tenant, agents: [worker], providers: { anthropic } }) };
}
