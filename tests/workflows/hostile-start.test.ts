import { Client, Connection } from "@temporalio/client";
import { expect, inject, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { threadWorkflowId } from "../../src/protocol/workflow-id.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { ofType, readEvents, readUntil } from "../helpers/read-events.ts";

const hold = defineTool({
  name: "hold",
  description: "Waits.",
  input: { type: "object" },
  handler: (_args, { signal }) =>
    new Promise((resolve, reject) => {
      setTimeout(() => resolve("held"), 2_500);
      signal.addEventListener("abort", () => reject(new Error("stopped")));
    }),
});
const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", stateful: true, tools: [hold] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "held" }]);

async function plainClient(): Promise<Client & AsyncDisposable> {
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  return Object.assign(new Client({ connection }), { [Symbol.asyncDispose]: () => connection.close() });
}

function within<T>(ms: number, work: Promise<T>): Promise<T | "still waiting"> {
  return Promise.race([
    work,
    new Promise<"still waiting">((resolve) => setTimeout(() => resolve("still waiting"), ms)),
  ]);
}

test("a start without any input fails and says why instead of hanging for ever", async () => {
  await using open = await openRuntime(spec);
  await using client = await plainClient();
  const handle = await client.workflow.start("agentTurn", {
    workflowId: uniqueName("none"),
    taskQueue: open.session.taskQueue,
  });
  const end = await within(
    6_000,
    handle.result().catch((error: unknown) => error),
  );
  await handle.terminate().catch(() => undefined);
  expect(end).not.toBe("still waiting");
});

test("a cancel signal without input (the Temporal UI sends one) stops the run that is shown", async () => {
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  const run = open.runtime.runSpecialist("worker", HOLD, { threadId });
  await readUntil(run, (event) => event.type === "tool-invocation");
  const handle = open.session.client.workflow.getHandle(threadWorkflowId(open.runtime.app, threadId));
  await handle.signal("cancel");
  const end = await within(10_000, run.result());
  await handle.terminate().catch(() => undefined);
  expect(end).toMatchObject({ status: "cancelled" });
});

test("a start that leaves threadId out is told so, not that the harness has a defect", async () => {
  await using open = await openRuntime(spec);
  await using client = await plainClient();
  const running = client.workflow.execute("agentTurn", {
    workflowId: uniqueName("nothread"),
    taskQueue: open.session.taskQueue,
    args: [{ app: "acme", agent: "worker", prompt: "p" }],
  });
  await expect(running).rejects.toMatchObject({ cause: { type: "INPUT_INVALID" } });
});

test("a wrong start that names the id of a running run does not end that run", async () => {
  await using open = await openRuntime(spec);
  await using client = await plainClient();
  const run = open.runtime.runSpecialist("worker", HOLD, { threadId: "a", runId: "victim" });
  await readUntil(run, (event) => event.type === "tool-invocation");
  await client.workflow
    .execute("agentTurn", {
      workflowId: uniqueName("wrong"),
      taskQueue: open.session.taskQueue,
      args: [{ app: "acme", agent: "stranger", threadId: "b", prompt: "p", runId: "victim" }],
    })
    .catch(() => undefined);
  expect(await open.runtime.runs.get("victim")).toMatchObject({ status: "running" });
});

test("a run id that another thread's run has is a conflict, not that run's answer", async () => {
  await using open = await openRuntime(spec);
  await using client = await plainClient();
  await open.runtime.runSpecialist("worker", "secret of thread a", { threadId: "a", runId: "same" }).result();
  const second = client.workflow.execute("agentTurn", {
    workflowId: uniqueName("same"),
    taskQueue: open.session.taskQueue,
    args: [{ app: "acme", agent: "worker", threadId: "b", prompt: "what is it?", runId: "same" }],
  });
  await expect(second).rejects.toMatchObject({ cause: { type: "RUN_CONFLICT" } });
});

test("two plain starts on one thread under other workflow ids do not lose one of the two answers", async () => {
  await using open = await openRuntime(spec);
  await using client = await plainClient();
  const threadId = uniqueName("thread");
  const start = (prompt: string, runId: string): Promise<unknown> =>
    client.workflow.execute("agentTurn", {
      workflowId: uniqueName("mine"),
      taskQueue: open.session.taskQueue,
      args: [{ app: "acme", agent: "worker", threadId, prompt, runId }],
    });
  const slow = start(HOLD, "slow-one");
  await expect
    .poll(async () => (await open.runtime.runs.get("slow-one").catch(() => undefined))?.lastSeq ?? 0)
    .toBeGreaterThan(1);
  const ends = await Promise.allSettled([slow, start("quick", "quick-one")]);
  const completed = ends.filter((end) => end.status === "fulfilled").length;
  const { agents } = await open.runtime.threads.transcript(threadId);
  const prompts = agents.worker?.messages.filter((message) => message.role === "user").length;
  expect(prompts).toBe(completed);
});

test("reading the events of a run that does not exist ends with an error", async () => {
  await using open = await openRuntime(spec);
  const end = await within(
    6_500,
    readEvents(open.runtime.events("run_nobody")).catch((error: unknown) => error),
  );
  expect(end).toMatchObject({ code: "RUN_UNKNOWN" });
});

test("a call that max-turns keeps from running is answered for readers", async () => {
  const brief = defineSpecialist({ name: "brief", model: "m", prompt: "p", tools: [hold], maxTurns: 1 });
  await using open = await openRuntime(defineRuntime({ tenant: defineTenant("acme", "1"), agents: [brief] }));
  const events = await readEvents(open.runtime.runSpecialist("brief", HOLD));
  expect(ofType(events, "tool-invocation").map(({ state }) => state)).toEqual(["call", "result"]);
});
