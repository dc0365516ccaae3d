import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client, Connection } from "@temporalio/client";
import { expect, inject, test } from "vitest";
import { defineCoordinator, defineRuntime, defineSpecialist, defineTenant } from "../../src/index.ts";
import { PAYLOAD_CHARS } from "../../src/protocol/limits/turn.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { readEvents } from "../helpers/read-events.ts";

const analyst = defineSpecialist({ name: "analyst", model: "m", prompt: "p" });
const boss = defineCoordinator({ name: "boss", model: "m", prompt: "p", routes: ["analyst"] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [boss, analyst] });

async function plainClient(): Promise<Client & AsyncDisposable> {
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  return Object.assign(new Client({ connection }), { [Symbol.asyncDispose]: () => connection.close() });
}

test("the plain Temporal client runs a turn with app, thread and prompt alone, and reads its result", async () => {
  await using open = await openRuntime(spec);
  await using client = await plainClient();
  const threadId = uniqueName("thread");

  const result = await client.workflow.execute("agentTurn", {
    workflowId: uniqueName("mine"),
    taskQueue: open.session.taskQueue,
    args: [{ app: "acme", threadId, prompt: "hello" }],
  });

  expect(result).toMatchObject({
    status: "completed",
    finish: "stop",
    text: "hello",
    runId: expect.stringMatching(/^run_/),
  });
  const record = await open.runtime.runs.get(String(result.runId));
  expect(record).toMatchObject({ agent: "boss", status: "completed", text: "hello", threadId });
  expect((await readEvents(open.runtime.events(String(result.runId)))).at(-1)).toMatchObject({ type: "finish" });
});

test("one `temporal workflow start` command runs a turn, and `temporal workflow result` reads it", async () => {
  await using open = await openRuntime(spec);
  const cli = await locateTemporalCli({ env: process.env, home: join(import.meta.dirname, "..", "..", ".cache") });
  const temporal = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(cli, [...args, "--address", inject("temporalAddress")]);
    return stdout;
  };
  const workflowId = uniqueName("cli");
  const input = JSON.stringify({ app: "acme", agent: "analyst", threadId: workflowId, prompt: "from the shell" });

  await temporal(
    "workflow",
    "start",
    "--type",
    "agentTurn",
    "--task-queue",
    open.session.taskQueue,
    "--workflow-id",
    workflowId,
    "--input",
    input,
  );
  const result = await temporal("workflow", "result", "--workflow-id", workflowId, "--output", "json");

  expect(result).toContain("from the shell");
  expect((await open.runtime.runs.list({})).items[0]).toMatchObject({ agent: "analyst", text: "from the shell" });
});

test.each([
  ["no prompt", { app: "acme", threadId: "t" }, "INPUT_INVALID"],
  ["an unknown agent", { app: "acme", threadId: "t", prompt: "p", agent: "stranger" }, "AGENT_UNKNOWN"],
  ["a thread id with a slash", { app: "acme", threadId: "a/b", prompt: "p" }, "INPUT_INVALID"],
  [
    "a prompt that is too large for history",
    { app: "acme", threadId: "t", prompt: "x".repeat(PAYLOAD_CHARS + 1) },
    "PROMPT_TOO_LARGE",
  ],
])("a start with %s fails at once and says why", async (_, input, code) => {
  await using open = await openRuntime(spec);
  await using client = await plainClient();
  const running = client.workflow.execute("agentTurn", {
    workflowId: uniqueName("wrong"),
    taskQueue: open.session.taskQueue,
    args: [input],
  });
  await expect(running).rejects.toMatchObject({ cause: { type: code } });
});

test("a run that no worker's app fits waits for one, and says so in Temporal", async () => {
  await using open = await openRuntime(spec);
  await using client = await plainClient();
  const args = [{ app: "other", threadId: "t", prompt: "p" }];
  const handle = await client.workflow.start("agentTurn", {
    workflowId: uniqueName("other"),
    taskQueue: open.session.taskQueue,
    args,
  });

  const failure = async (): Promise<string | undefined> => {
    const { raw } = await handle.describe();
    return raw.pendingActivities?.[0]?.lastFailure?.message ?? undefined;
  };

  await expect.poll(failure, { timeout: 5_000 }).toMatch(/does not host app "other"; it hosts acme/);
  await handle.terminate();
});
