import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@temporalio/client";
import { expect, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { bindRuntime, lazily } from "../../src/runtime/create-runtime.ts";
import { reconcileRun } from "../../src/runtime/reconcile-run.ts";
import { threadWorkflowId } from "../../src/runtime/run-place.ts";
import { openSession, type Session } from "../../src/runtime/session.ts";
import { Scope } from "../../src/protocol/ids.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { ofType, readEvents, readUntil } from "../helpers/read-events.ts";

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

test("a look at a run that has just ended, after a later run of its thread began, adds no second end", async () => {
  await using open = await openRuntime(spec);
  const { runtime, session } = open;
  const threadId = uniqueName("thread");
  const run = runtime.runSpecialist("worker", "hello", { threadId });
  const seen = await readUntil(run, (event) => event.type === "step-start").then(() => runtime.runs.list({ threadId }));
  const stale = seen.items[0];
  if (stale === undefined) throw new Error("no run");
  await run.result();
  await runtime.runSpecialist("worker", "later", { threadId }).result();
  const store = session.store.in(Scope.parse({ tenant: runtime.app.tenant, workspace: runtime.app.workspace }));
  await reconcileRun({ session, app: runtime.app, store }, { ...stale, status: "running" });
  const events = await store.log.read(stale.runId, 0);
  expect(ofType(events, "finish")).toHaveLength(1);
});

test("looking at a live run from a process that is connected to another namespace does not end it", async () => {
  await using open = await openRuntime(spec);
  const { runtime, session } = open;
  const namespace = uniqueName("elsewhere");
  await session.client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } });
  const client = new Client({ connection: session.client.connection, namespace });
  await expect
    .poll(() => client.workflow.getHandle("x").describe().catch((error: Error) => error.name), { timeout: 20_000, interval: 500 })
    .toBe("WorkflowNotFoundError");
  const run = runtime.runSpecialist("worker", HOLD, {});
  await readUntil(run, (event) => event.type === "tool-invocation");
  const other: Session = { ...session, client };
  await bindRuntime(runtime.app, lazily(async () => other)).runs.get(run.runId);
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
  const { runtime, session } = open;
  const store = session.store.in(Scope.parse({ tenant: runtime.app.tenant, workspace: runtime.app.workspace }));
  const id = { runId: "orphan", threadId: "orphans" };
  await store.runs.create({
    ...id,
    app: "acme",
    agent: "worker",
    workflowId: threadWorkflowId(runtime.app, "orphans"),
    prompt: "p",
    manifestHash: null,
    status: "starting",
  } as never);
  await runtime.cancel("orphan");
  const end = await within(8_000, readEvents(runtime.events("orphan")));
  expect(end).not.toBe("still waiting");
});
