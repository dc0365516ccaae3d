/** What a person waits for while the Temporal server is away, slow, or just restarting. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { isRefused } from "../../src/runtime/temporal/probe-server.ts";
import { startCutProxy } from "../helpers/cut-proxy.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { type OwnServer, startOwnServer } from "../helpers/own-server.ts";
import { planSpec, priceBody, pricePlan } from "../helpers/plan-app.ts";
import { readUntil } from "../helpers/read-events.ts";

/** Three seconds are promised; the rest is for a busy machine. */
const SOON_MS = 5_000;

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function open(address = server.address) {
  return openRuntime(planSpec({ plans: "always" }), { session: { temporal: { address } } });
}

interface Refusal {
  readonly error: unknown;
  readonly afterMs: number;
}

async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const asked = Date.now();
  const error: unknown = await call.then(
    () => "it was not refused",
    (refused: unknown) => refused,
  );
  return { error, afterMs: Date.now() - asked };
}

test("a server that is gone is said so in seconds, whatever is asked", { timeout: 60_000 }, async () => {
  await using opened = await openRuntime(holdingSpec(), { session: { temporal: { address: server.address } } });
  await using planning = await open();
  await planning.runtime.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  const { runtime } = opened;
  const run = runtime.runSpecialist("worker", HOLD, { threadId: "busy" });
  await readUntil(run, (event) => event.type === "tool-invocation");

  server.kill();
  await expect.poll(() => isRefused(server.address), { interval: 200 }).toBe(true);
  const asked = [
    runtime.runSpecialist("worker", "hello", { threadId: "idle" }).started,
    // This thread has a run that looks alive, and that is looked at first.
    runtime.runSpecialist("worker", "hello", { threadId: "busy" }).started,
    runtime.cancel(run.runId),
    planning.runtime.respondToApproval("p1", { decision: "approve" }),
    planning.runtime.plans.cancel("p1", { by: "ann" }),
  ];
  const refusals = await Promise.all(asked.map(refusal));
  const again = await refusal(runtime.runSpecialist("worker", "hello", { threadId: "idle" }).started);
  const listed = await runtime.runs.list({ threadId: "busy" });
  await server.restart();

  for (const { error, afterMs } of [...refusals, again]) {
    expect(error).toMatchObject({
      code: "TEMPORAL_UNREACHABLE",
      retryable: true,
      message: expect.stringContaining(server.address),
      hint: expect.stringContaining("bridle doctor"),
    });
    expect(afterMs).toBeLessThan(SOON_MS);
  }
  // Known to be away, it is not sent anything, so that nothing can be heard later.
  expect(again.error).toMatchObject({ hint: expect.stringContaining("Nothing was sent") });
  expect(listed.items).toContainEqual(expect.objectContaining({ runId: run.runId, status: "running" }));
  // Whoever reads the run goes on reading, and what was refused is not heard of later.
  release.resolve();
  expect(await run.result()).toMatchObject({ status: "completed", text: "held" });
});

test("what was told to be unreachable does not happen later: an answer, and a run", { timeout: 60_000 }, async () => {
  await using proxy = await startCutProxy(server.address);
  await using opened = await open(proxy.address);
  const { runtime } = opened;
  await runtime.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });

  const goOn = proxy.hold();
  const told = refusal(runtime.respondToApproval("p1", { decision: "approve", by: "ann" }));
  const run = runtime.runSpecialist("planner", "hello");
  const toldOfRun = refusal(run.started);
  await expect.poll(() => proxy.heldBytes(), { interval: 10 }).toBeGreaterThan(0);
  const letThrough = await proxy.refuse();
  goOn();
  const { error, afterMs } = await told;
  const refusedRun = await toldOfRun;
  await letThrough();
  // That something does not happen can only be waited for: longer than any pause between two tries of a call.
  await sleep(RETRY_MS);

  expect(error).toMatchObject({ code: "TEMPORAL_UNREACHABLE", hint: expect.stringContaining("may have been heard") });
  expect(afterMs).toBeLessThan(SOON_MS);
  expect(refusedRun.error).toMatchObject({ code: "TEMPORAL_UNREACHABLE" });
  await expect(runtime.runs.get(run.runId)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
  expect(await runtime.plans.get("p1")).toMatchObject({ status: "draft" });
  expect(await runtime.respondToApproval("p1", { decision: "reject", by: "ann" })).toMatchObject({
    kind: "counted",
    status: "rejected",
  });
});

test("a server that restarts is waited for", { timeout: 60_000 }, async () => {
  await using proxy = await startCutProxy(server.address);
  await using opened = await open(proxy.address);

  const letThrough = await proxy.refuse();
  const asked = Date.now();
  const { started } = opened.runtime.runSpecialist("planner", "hello");
  setTimeout(() => void letThrough(), RESTART_MS);

  expect(await started).toMatchObject({ status: "starting" });
  expect(Date.now() - asked).toBeGreaterThanOrEqual(RESTART_MS);
});

test("a server that is slow is waited for", { timeout: 60_000 }, async () => {
  await using proxy = await startCutProxy(server.address);
  await using opened = await open(proxy.address);

  const goOn = proxy.hold();
  const asked = Date.now();
  const { started } = opened.runtime.runSpecialist("planner", "hello");
  setTimeout(goOn, SLOW_MS);

  expect(await started).toMatchObject({ status: "starting" });
  expect(Date.now() - asked).toBeGreaterThanOrEqual(SLOW_MS);
});

test("a start that takes long is not taken for lost by who looks at it meanwhile", { timeout: 60_000 }, async () => {
  await using proxy = await startCutProxy(server.address);
  await using opened = await open(proxy.address);
  const { workspace } = opened.runtime.app;
  const near = { home: opened.home, temporal: { address: server.address } };
  await using other = await openRuntime(planSpec({ plans: "always" }), { workspace, session: near });
  let isOver = false;
  const lookAgain = async (): Promise<void> => {
    while (!isOver) {
      for (const { runId } of (await other.runtime.runs.list()).items) await other.runtime.runs.get(runId);
      await sleep(500);
    }
  };

  const goOn = proxy.hold();
  const run = opened.runtime.runSpecialist("planner", "hello");
  const looking = lookAgain();
  setTimeout(goOn, VERY_SLOW_MS);
  const end = await run.result();
  isOver = true;
  await looking;

  expect(end).toMatchObject({ status: "completed", text: "hello" });
});

/** Not long enough to be gone. */
const RESTART_MS = 1_500;
/** Longer than a server that is gone is waited for. */
const SLOW_MS = 6_000;
/** Nearly as long as a call may take. */
const VERY_SLOW_MS = 8_000;
/** The SDK pauses for at most five seconds. */
const RETRY_MS = 5_500;
const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "held" }]);
const release = Promise.withResolvers<void>();

function holdingSpec() {
  const hold = defineTool({
    name: "hold",
    description: "Waits.",
    input: { type: "object" },
    handler: async () => release.promise,
  });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [hold] });
  return defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
}
