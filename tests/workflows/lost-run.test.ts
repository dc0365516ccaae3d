import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@temporalio/client";
import { expect, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { RunId, ThreadId, TurnId } from "../../src/protocol/ids.ts";
import { threadWorkflowId } from "../../src/protocol/workflow-id.ts";
import { bindRuntime } from "../../src/runtime/bind-runtime.ts";
import { lazily } from "../../src/runtime/lazy-session.ts";
import { openSession, type Session } from "../../src/runtime/session.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { ofType, readEvents, readUntil } from "../helpers/read-events.ts";
import { storeOf } from "../helpers/store-of.ts";
import { storeUnsentRun } from "../helpers/unsent-run.ts";

const hold = defineTool({
  name: "hold",
  description: "Waits.",
  input: { type: "object" },
  handler: async (_args, { signal }) => sleep(3_000, "held", { signal }),
});
const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", stateful: true, tools: [hold] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "held" }]);

function within<T>(ms: number, work: Promise<T>): Promise<T | "still waiting"> {
  return Promise.race([work, sleep(ms, "still waiting" as const)]);
}

test("a queued run behind a terminated workflow is not waited for for ever, and can be cancelled", async () => {
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  const first = open.runtime.runSpecialist("worker", HOLD, { threadId });
  await readUntil(first, (event) => event.type === "tool-invocation");
  const second = open.runtime.runSpecialist("worker", "second", { threadId, whenBusy: "queue" });
  await second.started;
  await open.session.client.workflow.getHandle(threadWorkflowId(open.runtime.app, threadId)).terminate("by hand");
  await open.runtime.cancel(second.runId);
  const end = await within(12_000, second.result());
  expect(end).toMatchObject({ status: expect.stringMatching(/failed|cancelled/) });
});

test("a queued run that is cancelled is told so while the run before it goes on", async () => {
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  const first = open.runtime.runSpecialist("worker", HOLD, { threadId });
  await readUntil(first, (event) => event.type === "tool-invocation");
  const second = open.runtime.runSpecialist("worker", "second", { threadId, whenBusy: "queue" });
  await second.started;
  await open.runtime.cancel(second.runId);
  const end = await within(1_500, second.result());
  expect(end).toMatchObject({ status: "cancelled" });
});

test("a dropped prompt that nobody stored does not take the prompts that wait beside it along", async () => {
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  const first = open.runtime.runSpecialist("worker", HOLD, { threadId });
  await readUntil(first, (event) => event.type === "tool-invocation");
  const handle = open.session.client.workflow.getHandle(threadWorkflowId(open.runtime.app, threadId));
  await handle.signal("prompt", { runId: "nobody" });
  await handle.signal("cancel", { runId: "nobody" });
  const second = open.runtime.runSpecialist("worker", "second", { threadId, whenBusy: "queue" });
  await second.started;
  const end = await within(12_000, second.result());
  expect(end).toMatchObject({ status: "completed" });
});

test("a start that died half-way does not make its idle thread look busy", async () => {
  await using open = await openRuntime(spec);
  const { runtime } = open;
  await storeUnsentRun(open, { runId: "orphan", threadId: "talk", prompt: "p", status: "starting" });
  for (let turn = 1; turn <= 10; turn++) {
    const record = await runtime.runSpecialist("worker", `turn ${turn}`, { threadId: "talk" }).result();
    expect(record).toMatchObject({ status: "completed", text: `turn ${turn}` });
  }
});

test("a terminated run that nobody looked at does not make its thread look busy to prompts one after another", async () => {
  await using open = await openRuntime(spec);
  const { runtime, session } = open;
  const lost = runtime.runSpecialist("worker", HOLD, { threadId: "talk" });
  await readUntil(lost, (event) => event.type === "tool-invocation");
  await session.client.workflow.getHandle(threadWorkflowId(runtime.app, "talk")).terminate("by hand");
  for (let turn = 1; turn <= 10; turn++) {
    const record = await runtime.runSpecialist("worker", `turn ${turn}`, { threadId: "talk" }).result();
    expect(record).toMatchObject({ status: "completed", text: `turn ${turn}` });
  }
});

test("a thread goes on although a turn of it under another workflow id was terminated", async () => {
  await using open = await openRuntime(spec);
  const { runtime, session } = open;
  const { app, workspace } = runtime.app;
  const args = [{ app, workspace, agent: "worker", threadId: "talk", prompt: HOLD, runId: "by-hand" }];
  const { taskQueue } = session;
  const handle = await session.client.workflow.start("agentTurn", { workflowId: uniqueName("own"), taskQueue, args });
  await expect.poll(async () => (await handle.query<{ doing: string }>("status")).doing).toContain("tool hold");
  await handle.terminate("by hand");

  const after = within(10_000, runtime.runSpecialist("worker", "and now?", { threadId: "talk" }).result());

  expect(await after).toMatchObject({ status: "completed", text: "and now?" });
  expect(await runtime.runs.get("by-hand")).toMatchObject({ status: "failed", error: { code: "RUN_LOST" } });
});

test("an attempt that lived on writes nothing after the end of its run", async () => {
  await using open = await openRuntime(spec);
  const store = storeOf(open);
  const runId = RunId.parse("zombie");
  const turn = TurnId.parse("zombie");
  const threadId = ThreadId.parse("z");
  const run = {
    runId,
    threadId,
    app: "acme",
    agent: "worker",
    workflowId: "z",
    prompt: "p",
    requestedBy: null,
    manifestHash: null,
    namespace: "default",
  };
  await store.runs.claim({ ...run, status: "starting" }, "execution");
  const model = { runId, turn, step: "model:1", attempt: 1 };
  await store.steps.begin(model);
  const close = { isRoot: true, agent: "worker", threadId, text: "", error: null, head: null };
  const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const finish = (key: string, reason: "cancelled" | "stop") =>
    ({ key, turn, agent: "worker", body: { type: "finish", reason, text: "", usage } }) as const;
  await store.steps.commit(
    { ...model, step: "end" },
    {
      result: null,
      close: { ...close, status: "cancelled", finish: "cancelled" },
      events: [finish("end:finish", "cancelled")],
    },
  );
  await store.steps
    .commit(model, {
      result: null,
      close: { ...close, status: "completed", finish: "stop" },
      events: [finish("model:1:finish", "stop")],
    })
    .catch(() => undefined);
  expect(ofType(await store.log.read(runId, 0), "finish")).toHaveLength(1);
});

test("looking at a live run from a process that is connected to another namespace does not end it", async () => {
  await using open = await openRuntime(spec);
  const { runtime, session } = open;
  const namespace = uniqueName("elsewhere");
  await session.client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const client = new Client({ connection: session.client.connection, namespace });
  await expect
    .poll(
      () =>
        client.workflow
          .getHandle("x")
          .describe()
          .catch((error: Error) => error.name),
      { timeout: 20_000, interval: 500 },
    )
    .toBe("WorkflowNotFoundError");
  const run = runtime.runSpecialist("worker", HOLD, {});
  await readUntil(run, (event) => event.type === "tool-invocation");
  const other: Session = { ...session, client };
  await bindRuntime(
    runtime.app,
    lazily(async () => other),
  ).runs.get(run.runId);
  expect(await run.result()).toMatchObject({ status: "completed", text: "held" });
});

test("a reader that waits while the runtime closes does not open it again", async () => {
  let opened = 0;
  await using open = await openRuntime(spec);
  const lazy = lazily(async () => {
    opened += 1;
    return openSession({
      env: {},
      home: open.home,
      hosted: [],
      startServer: false,
      temporal: { address: open.session.target.address, taskQueue: open.session.taskQueue },
    });
  });
  const runtime = bindRuntime(open.runtime.app, lazy);
  const run = runtime.runSpecialist("worker", HOLD);
  await run.started;
  const waiting = run.result().catch((error: unknown) => error);
  await sleep(200);
  await runtime.close();
  await waiting;
  await sleep(200);
  await lazy.close();
  expect(opened).toBe(1);
});

test("a run whose start never reached the server can be cancelled and is not waited for", async () => {
  await using open = await openRuntime(spec);
  const { runtime } = open;
  await storeUnsentRun(open, { runId: "orphan", threadId: "orphans", prompt: "p", status: "starting" });
  await runtime.cancel("orphan");
  const end = await within(8_000, readEvents(runtime.events("orphan")));
  expect(end).not.toBe("still waiting");
});
