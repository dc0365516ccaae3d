import { expect, test } from "vitest";
import { defineCoordinator, defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { readUntil } from "../helpers/read-events.ts";

const held = Promise.withResolvers<void>();
const hold = defineTool({ name: "hold", description: "d", input: { type: "object" }, handler: () => held.promise });
const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [hold] });
const boss = defineCoordinator({ name: "boss", model: "m", prompt: "p", routes: ["worker"] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [boss, worker] });

test("the Temporal UI and command can find a run and say what it is, what it waits for and what each step was", async () => {
  await using open = await openRuntime(spec);
  const { client } = open.session;
  const runId = uniqueName("run");
  const inner = JSON.stringify([{ tool: "hold", args: {} }, { text: "done" }]);
  const run = open.runtime.query(JSON.stringify([{ tool: "call_agent", args: { agent: "worker", prompt: inner } }]), {
    runId,
  });
  await readUntil(run, (event) => event.type === "tool-invocation");
  const { workflowId } = await open.runtime.runs.get(runId);
  const handle = client.workflow.getHandle(workflowId);

  const root = await handle.describe();
  expect(root.memo).toEqual({ app: "acme", agent: "boss", runId });
  expect(await root.staticSummary()).toMatch(/^boss: \[\{"tool":"call_agent"/);
  await expect.poll(() => handle.query("pending"), { timeout: 10_000 }).toEqual([{ kind: "agent", name: "worker" }]);
  expect(await handle.query("status")).toMatchObject({ runId, step: 1, doing: "waiting for agent worker" });
  const found = async (): Promise<readonly string[]> => {
    const ids: string[] = [];
    for await (const execution of client.workflow.list({ query: `BridleRun = "${runId}"` }))
      ids.push(execution.workflowId);
    return ids.sort();
  };
  const child = `acme/${open.runtime.app.workspace}/run/${runId}/worker/1`;
  await expect.poll(found, { timeout: 15_000 }).toEqual([child, workflowId].sort());
  const metadata = await client.workflow
    .getHandle(child)
    .query<{ currentDetails: string }>("__temporal_workflow_metadata");
  expect(metadata.currentDetails).toBe("**worker**, step 1: waiting for tool hold");

  held.resolve();
  await run.result();
  const { events } = await client.workflow.getHandle(child).fetchHistory();
  const summaries = (events ?? []).flatMap((event) => {
    const data = event.userMetadata?.summary?.data;
    return data == null || event.activityTaskScheduledEventAttributes == null
      ? []
      : [JSON.parse(Buffer.from(data).toString())];
  });
  expect(summaries).toEqual(["worker step 1", "hold", "worker step 2"]);
});
