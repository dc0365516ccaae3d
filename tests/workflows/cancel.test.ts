import { expect, test } from "vitest";
import { defineCoordinator, defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { threadWorkflowId } from "../../src/protocol/workflow-id.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { ofType, readEvents, readUntil } from "../helpers/read-events.ts";
import { storeUnsentRun } from "../helpers/unsent-run.ts";

const aborted: string[] = [];
const stuck = defineTool({
  name: "stuck",
  description: "Never ends by itself.",
  input: { type: "object" },
  handler: (_args, { signal, runId }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        aborted.push(runId);
        reject(new Error("stopped"));
      });
    }),
});
const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", stateful: true, tools: [stuck] });
const boss = defineCoordinator({ name: "boss", model: "m", prompt: "p", routes: ["worker"] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [boss, worker] });

test("cancelling while the model speaks keeps what it said and leaves the thread as it was", async () => {
  await using open = await openRuntime(spec, { testing: { chunkDelayMs: 20, chunkChars: 4 } });
  const threadId = uniqueName("thread");
  const run = open.runtime.runSpecialist("worker", "a long speech ".repeat(200), { threadId });
  await readUntil(run, (event) => event.type === "text");

  await open.runtime.cancel(run.runId);
  const events = await readEvents(open.runtime.events(run.runId));
  const record = await run.result();

  const said = ofType(events, "text")
    .map((event) => event.text)
    .join("");
  expect(said.length).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "cancelled", text: said });
  expect(record).toMatchObject({ status: "cancelled", finish: "cancelled", text: said });
  expect((await open.runtime.threads.get(threadId)).heads).toEqual({});
  const next = await open.runtime.runSpecialist("worker", "short", { threadId }).result();
  expect(next).toMatchObject({ status: "completed", text: "short" });
});

test("cancelling a routed agent's tool stops the tool, the agent and the run", async () => {
  await using open = await openRuntime(spec);
  const inner = JSON.stringify([{ tool: "stuck", args: {} }]);
  const run = open.runtime.query(JSON.stringify([{ tool: "call_agent", args: { agent: "worker", prompt: inner } }]));
  await readUntil(run, (event) => event.type === "tool-invocation");

  await open.runtime.cancel(run.runId);
  const events = await readEvents(run);

  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "cancelled" });
  expect(ofType(events, "tool-agent").at(-1)).toMatchObject({ state: "result", isError: true });
  expect(aborted).toContain(run.runId);
});

test("a cancellation asked for in the Temporal UI ends the run like any other", async () => {
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  const run = open.runtime.runSpecialist("worker", JSON.stringify([{ tool: "stuck", args: {} }]), { threadId });
  await readUntil(run, (event) => event.type === "tool-invocation");
  const handle = open.session.client.workflow.getHandle(threadWorkflowId(open.runtime.app, threadId));

  await handle.cancel();

  expect(await run.result()).toMatchObject({ status: "cancelled" });
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
});

test("a run whose workflow was terminated is closed as lost instead of being waited for", async () => {
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  const run = open.runtime.runSpecialist("worker", JSON.stringify([{ tool: "stuck", args: {} }]), { threadId });
  await readUntil(run, (event) => event.type === "tool-invocation");

  await open.session.client.workflow.getHandle(threadWorkflowId(open.runtime.app, threadId)).terminate("by hand");

  expect(await open.runtime.runs.get(run.runId)).toMatchObject({ status: "failed", error: { code: "RUN_LOST" } });
  expect((await readEvents(run)).at(-1)).toMatchObject({ type: "finish", reason: "error" });
});

test("cancelling a run that has ended, or that never was, changes nothing and says so", async () => {
  await using open = await openRuntime(spec);
  const run = open.runtime.runSpecialist("worker", "hello");
  await run.result();
  expect(await open.runtime.cancel(run.runId)).toMatchObject({ status: "completed" });
  await expect(open.runtime.cancel("nobody")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
});

test("a cancel that comes before the start reached the server counts: the run is never begun", async () => {
  await using open = await openRuntime(spec);
  const { runtime, session } = open;
  const { app, workspace } = runtime.app;
  const threadId = uniqueName("thread");
  const workflowId = threadWorkflowId(runtime.app, threadId);
  const prompt = JSON.stringify([{ tool: "stuck", args: {} }]);
  await storeUnsentRun(open, { runId: "early", threadId, prompt, status: "starting" });

  const cancelled = await runtime.cancel("early");
  const args = [{ app, workspace, agent: "worker", threadId, runId: "early", stored: true }];
  const handle = await session.client.workflow.start("agentTurn", { workflowId, taskQueue: session.taskQueue, args });

  expect(cancelled).toMatchObject({ status: "cancelled", finish: "cancelled" });
  expect(await handle.result()).toMatchObject({ status: "duplicate" });
  expect(await readEvents(runtime.events("early"))).toMatchObject([{ type: "finish", reason: "cancelled" }]);
});

test("a cancel that comes before a prompt reached the queue counts: the prompt is not begun when its turn comes", async () => {
  await using open = await openRuntime(spec);
  const { runtime, session } = open;
  const threadId = uniqueName("thread");
  const first = runtime.runSpecialist("worker", JSON.stringify([{ tool: "stuck", args: {} }]), { threadId });
  await readUntil(first, (event) => event.type === "tool-invocation");
  const workflowId = threadWorkflowId(runtime.app, threadId);
  await storeUnsentRun(open, { runId: "early", threadId, prompt: "never", status: "queued" });

  await runtime.cancel("early");
  const handle = session.client.workflow.getHandle(workflowId);
  await handle.signal("prompt", { runId: "early", agent: "worker" });
  const last = runtime.runSpecialist("worker", "last", { threadId, whenBusy: "queue" });
  await last.started;
  await runtime.cancel(first.runId);

  expect(await last.result()).toMatchObject({ status: "completed", text: "last" });
  expect(await runtime.runs.get("early")).toMatchObject({ status: "cancelled", text: "" });
});
