import { expect, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { threadWorkflowId } from "../../src/protocol/workflow-id.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { readEvents, readUntil } from "../helpers/read-events.ts";

const hold = defineTool({
  name: "hold",
  description: "Waits until it is told to stop.",
  input: { type: "object" },
  handler: async (_args, { signal }) => new Promise((resolve) => signal.addEventListener("abort", resolve)),
});
const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [hold] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "held" }]);

test("the last reader of a run is told that its workflow is gone, also when earlier readers have left", async () => {
  await using open = await openRuntime(spec);
  const { runtime, session } = open;
  const run = runtime.runSpecialist("worker", HOLD, { threadId: "thread" });
  await readUntil(run, (event) => event.type === "tool-invocation");
  const staying = readEvents(runtime.events(run.runId));
  await readUntil(runtime.events(run.runId), (event) => event.type === "tool-invocation");

  await session.client.workflow.getHandle(threadWorkflowId(runtime.app, "thread")).terminate();
  const events = await staying;

  expect(events.slice(-2)).toMatchObject([
    { type: "error", code: "RUN_LOST" },
    { type: "finish", reason: "error" },
  ]);
});
