import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { defineCoordinator, defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { threadWorkflowId, turnWorkflowId } from "../../src/protocol/workflow-id.ts";
import { startFakeMessagesApi } from "../../src/testing/index.ts";
import { startWorker } from "../../src/worker/start-worker.ts";
import { openCrashLab } from "../helpers/crash-lab.ts";
import { openRuntime, type OpenRuntime, testApp, uniqueName } from "../helpers/open-runtime.ts";
import { keptProgress, ofType, readEvents, readUntil, toolResults } from "../helpers/read-events.ts";
import { storeOf } from "../helpers/store-of.ts";

test("a run cancelled after its worker was killed in the middle of a reply ends as cancelled", async () => {
  await using lab = await openCrashLab({ chunkChars: 4, chunkDelayMs: 50 });
  Object.assign(lab.session, { heartbeatMs: 8_000 }); // long enough that the cancel is known before the death is
  const first = await lab.startWorker();
  const run = lab.runtime.query("a long speech ".repeat(100), { threadId: "t" });
  await readUntil(run, (event) => event.type === "text");
  first.kill("SIGKILL");
  await first.exited;
  await lab.runtime.cancel(run.runId);
  await lab.startWorker();
  expect(await run.result()).toMatchObject({ status: "cancelled", finish: "cancelled" });
});

test("a run whose worker died after the answer was stored, and that is cancelled then, has one end", async () => {
  await using lab = await openCrashLab();
  Object.assign(lab.session, { heartbeatMs: 8_000 });
  const first = await lab.startWorker("transcript.appended:1");
  const run = lab.runtime.query("hello", { threadId: "t" });
  await first.exited;
  await lab.session.client.workflow.getHandle(threadWorkflowId(lab.runtime.app, "t")).cancel();
  await lab.startWorker();
  await lab.session.client.workflow
    .getHandle(threadWorkflowId(lab.runtime.app, "t"))
    .result()
    .catch(() => undefined);
  const record = await lab.runtime.runs.get(run.runId);
  expect(ofType(await storeOf(lab).log.read(record.runId, 0), "finish")).toHaveLength(1);
});

const never = (effects: "once" | "none", calls: string[]): ReturnType<typeof defineTool> =>
  defineTool({
    name: "ship",
    description: "Ships.",
    input: { type: "object" },
    effects,
    handler: async (_args, { signal, callId }) => {
      calls.push(callId);
      if (calls.length === 1) await sleep(60_000, undefined, { signal });
      return "shipped";
    },
  });

test("a once tool whose worker is shut down in the middle has an unknown outcome, and the turn goes on", async () => {
  const calls: string[] = [];
  const agent = defineSpecialist({ name: "agent", model: "m", prompt: "p", tools: [never("once", calls)] });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent] });
  await using open = await openRuntime(spec, { session: { hosted: [] } });
  const { session, runtime } = open;
  const host = (): ReturnType<typeof startWorker> =>
    startWorker({
      definitions: [runtime.app],
      store: session.store,
      temporal: { namespace: "default", options: { address: session.target.address } },
      taskQueue: session.taskQueue,
      workflowBundlePath: inject("workflowBundlePath"),
      knobs: { graceMs: 100 },
    });
  const first = await host();
  const run = runtime.runSpecialist("agent", JSON.stringify([{ tool: "ship", args: {} }, { text: "after" }]));
  await expect.poll(() => calls.length).toBe(1);
  await first.stop();
  const second = await host();
  const events = await readEvents(run);
  await second.stop();
  expect(events.slice(-2)).toMatchObject([{ type: "usage" }, { type: "finish", reason: "stop", text: "after" }]);
  expect(toolResults(events)[0]?.result).toMatch(/TOOL_OUTCOME_UNKNOWN/);
});

test("a once tool is not called again after its workflow was reset to before the call", async () => {
  const calls: string[] = [];
  const agent = defineSpecialist({ name: "agent", model: "m", prompt: "p", tools: [never("once", calls)] });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent] });
  await using open = await openRuntime(spec);
  const run = open.runtime.runSpecialist("agent", JSON.stringify([{ tool: "ship", args: {} }, { text: "after" }]), {
    threadId: "t",
  });
  await expect.poll(() => calls.length).toBe(1);
  await resetThread(open, "t");
  await run.result();
  expect(calls).toHaveLength(1);
});

test("a reader hears of a reset which progress no longer counts, though attempts count from 1 again", async () => {
  let calls = 0;
  const count = defineTool({
    name: "count",
    description: "Counts.",
    input: { type: "object" },
    handler: async (_args, { progress, signal }) => {
      calls += 1;
      progress(`call ${calls}`);
      if (calls === 1) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
  const agent = defineSpecialist({ name: "agent", model: "m", prompt: "p", tools: [count] });
  await using open = await openRuntime(defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent] }));
  const script = JSON.stringify([{ tool: "count", args: {} }, { text: "after" }]);
  const run = open.runtime.runSpecialist("agent", script, { threadId: "t" });
  await readUntil(run, (event) => event.type === "tool-progress");

  await resetThread(open, "t");
  const events = await readEvents(run);

  expect(ofType(events, "tool-progress").map(({ progress }) => progress)).toEqual(["call 1", "call 2"]);
  expect(keptProgress(events)).toEqual(["call 2"]);
});

/** Back to before its first step, as an operator does it in the Temporal UI. */
async function resetThread({ session, runtime }: OpenRuntime, threadId: string): Promise<void> {
  const handle = session.client.workflow.getHandle(threadWorkflowId(runtime.app, threadId));
  const { runId } = await handle.describe();
  await session.client.workflowService.resetWorkflowExecution({
    namespace: "default",
    workflowExecution: { workflowId: handle.workflowId, runId },
    reason: "by hand",
    requestId: uniqueName("reset"),
    workflowTaskFinishEventId: 4 as never,
  });
}

test("a once tool waits, as the model does, for a worker that hosts its app", async () => {
  const calls: string[] = [];
  const ship = defineTool({
    name: "ship",
    description: "Ships.",
    input: { type: "object" },
    effects: "once",
    handler: (_args, { callId }) => calls.push(callId),
  });
  const agent = defineSpecialist({ name: "agent", model: "m", prompt: "p", tools: [ship] });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent] });
  const other = defineSpecialist({ name: "other", model: "m", prompt: "p" });
  const otherSpec = defineRuntime({ tenant: defineTenant("beta", "1"), agents: [other] });
  await using open = await openRuntime(spec);
  const stranger = await startWorker({
    definitions: [testApp(otherSpec)],
    store: open.session.store,
    temporal: { namespace: "default", options: { address: open.session.target.address } },
    taskQueue: open.session.taskQueue,
    workflowBundlePath: inject("workflowBundlePath"),
  });
  const ships = Array.from({ length: 8 }, () => ({ tool: "ship", args: {} }));
  const run = open.runtime.runSpecialist("agent", JSON.stringify([{ tools: ships }, { text: "after" }]), {
    threadId: "t",
  });
  const record = await Promise.race([run.result(), sleep(25_000, "slow" as const)]);
  await stranger.stop();
  expect(record).toMatchObject({ status: "completed", error: null });
});

test("a provider that numbers its calls anew in every reply gets every call answered", async () => {
  const calls: string[] = [];
  const add = defineTool({
    name: "add",
    description: "Adds.",
    input: { type: "object" },
    handler: (_args, { callId }) => calls.push(callId),
  });
  const api = await startFakeMessagesApi();
  const agent = defineSpecialist({ name: "agent", model: "m", prompt: "p", tools: [add] });
  const anthropic = { apiKey: "any", baseURL: api.url, retry: { maxAttempts: 2, initialMs: 1, maxMs: 10 } };
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent], providers: { anthropic } });
  await using open = await openRuntime(spec, { interpreter: "anthropic" });
  const call = { id: "call_0", name: "add", args: {} };
  api.reply({ toolCalls: [call] }, { toolCalls: [call] }, { text: "done" });
  const record = await open.runtime.runSpecialist("agent", "go").result();
  await api.close();
  expect({ calls: calls.length, record }).toMatchObject({ calls: 2, record: { status: "completed", text: "done" } });
});

test("nothing of a run happens after its end: a failed turn stops the tools beside the failure", async () => {
  let ended = 0;
  const slow = defineTool({
    name: "slow",
    description: "Slow.",
    input: { type: "object" },
    handler: async () => {
      await sleep(700);
      ended += 1;
      return "slow";
    },
  });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p" });
  const boss = defineCoordinator({ name: "boss", model: "m", prompt: "p", routes: ["worker"], tools: [slow] });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [boss, worker] });
  await using open = await openRuntime(spec);
  const { client, taskQueue } = open.session;
  const { app } = open.runtime;
  const squatter = await client.workflow.start("nobody", {
    workflowId: turnWorkflowId(app, "parent/worker/1"),
    taskQueue: `${taskQueue}-nobody`,
  });
  const run = open.runtime.query(
    JSON.stringify([
      {
        tools: [
          { tool: "slow", args: {} },
          { tool: "call_agent", args: { agent: "worker", prompt: "x" } },
        ],
      },
      { text: "after" },
    ]),
    { threadId: "t", runId: "parent" },
  );
  const record = await run.result();
  await client.workflow
    .getHandle(threadWorkflowId(app, "t"))
    .result()
    .catch(() => undefined);
  await squatter.terminate();
  const events = await storeOf(open).log.read(record.runId, 0);
  expect(ended).toBe(1);
  expect(record.error).toMatchObject({ code: "INTERNAL" });
  expect(events.at(-1)).toMatchObject({ type: "finish" });
});
