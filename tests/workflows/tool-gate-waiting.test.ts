import { expect, test, vi } from "vitest";
import { ask } from "../helpers/crash-script.ts";
import { pay, payingApp, watchGates } from "../helpers/gated-app.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { readEvents, readUntil, toolResults } from "../helpers/read-events.ts";

const look = { tool: "look", args: {} };

test("a call that waits holds up no other tool, and people see what waits and how to answer", async () => {
  const { spec } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const calls = [...Array.from({ length: 20 }, (_, index) => pay(index)), look];
  const run = open.runtime.query(JSON.stringify([{ tools: calls }, { text: "Over." }]), { threadId: "t" });
  const reading = readEvents(run);
  const waiting = await gates.untilWaiting(20);
  const workflowId = waiting[0]?.workflowId ?? "";
  const handle = open.session.client.workflow.getHandle(workflowId);

  await readUntil(
    open.runtime.events(run.runId),
    (event) => event.type === "tool-invocation" && event.state === "result",
  );
  // A gate is in the store a moment before its turn hears of it.
  const pending = await vi.waitUntil(async () => {
    const asked = await handle.query<readonly { kind: string; gate: string }[]>("pending");
    return asked.length === 20 && asked.every(({ kind }) => kind === "gate") ? asked : undefined;
  });
  expect(new Set(pending.map(({ gate }) => gate))).toEqual(new Set(waiting.map(({ gate }) => gate.id)));
  const { currentDetails } = await handle.query<{ currentDetails: string }>("__temporal_workflow_metadata");
  expect(currentDetails).toContain("Waits for a person");
  expect(currentDetails).toContain(`--workflow-id ${workflowId}`);
  expect(currentDetails).toContain(pending[0]?.gate);
  expect(currentDetails).toContain("12 more calls wait");

  for (const { gate } of waiting) await open.runtime.respondToApproval(gate.id, { decision: "approve", by: "ann" });
  expect(toolResults(await reading)).toHaveLength(21);
});

test("a turn that is cancelled while it waits ends cleanly, and its gate takes no more answers", async () => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([ask("teller", pay(5)), { text: "Never." }]));
  const reading = readEvents(run);
  const [waiting] = await gates.untilWaiting(1);
  const id = waiting?.gate.id ?? "";

  await open.runtime.cancel(run.runId);

  expect((await reading).at(-1)).toMatchObject({ type: "finish", reason: "cancelled" });
  expect(await run.result()).toMatchObject({ status: "cancelled" });
  expect(await gates.waiting()).toEqual([]);
  expect(await open.runtime.respondToApproval(id, { decision: "approve", by: "ann" })).toMatchObject({
    kind: "refused",
    code: "closed",
  });
  expect(await gates.decisions(id)).toMatchObject([{ refused: "closed" }]);
  expect(payments).toEqual([]);
});

test("a prompt that is queued behind a waiting call runs after its decision", async () => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const first = open.runtime.query(JSON.stringify([pay(5), { text: "First." }]), { threadId: "t" });
  const [waiting] = await gates.untilWaiting(1);
  const busy = open.runtime.query(JSON.stringify([{ text: "No." }]), { threadId: "t" });
  await expect(busy.result()).rejects.toMatchObject({
    code: "THREAD_BUSY",
    message: expect.stringContaining("gate pay"),
  });
  const second = open.runtime.query(JSON.stringify([pay(6), { text: "Second." }]), {
    threadId: "t",
    whenBusy: "queue",
  });
  await second.started;

  await open.runtime.respondToApproval(waiting?.gate.id ?? "", { decision: "approve", by: "ann" });
  expect(await first.result()).toMatchObject({ status: "completed", text: "First." });
  const [next] = await gates.untilWaiting(1);
  expect(next?.runId).toBe(second.runId);
  await open.session.client.workflow.getHandle(next?.workflowId ?? "").signal("approve");

  expect(await second.result()).toMatchObject({ status: "completed", text: "Second." });
  expect(payments).toEqual([5, 6]);
});

test("agents keep their order behind the gates of their calls", async () => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const script = [
    { tools: [ask("teller", pay(1), { text: "One." }), ask("teller", pay(2), { text: "Two." })] },
    { text: "Over." },
  ];
  const run = open.runtime.query(JSON.stringify(script), { threadId: "t" });
  for (const turn of [`${run.runId}/teller/1`, `${run.runId}/teller/2`]) {
    await expect.poll(async () => (await gates.waiting()).map(({ call }) => call?.turn)).toEqual([turn]);
    const [waiting] = await gates.waiting();
    await open.runtime.respondToApproval(waiting?.gate.id ?? "", { decision: "approve", by: "ann" });
  }

  expect(await run.result()).toMatchObject({ status: "completed", text: "Over." });
  expect(payments).toEqual([1, 2]);
});
