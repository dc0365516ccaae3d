import { expect, test } from "vitest";
import { ask } from "../helpers/crash-script.ts";
import { pay, payingApp, watchGates } from "../helpers/gated-app.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { ofType, readEvents, toolResults } from "../helpers/read-events.ts";

test("a gated call waits, is approved by a bare signal and runs once", async () => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([pay(5), { text: "Paid." }]));
  const reading = readEvents(run);
  const [waiting] = await gates.untilWaiting(1);
  expect(payments).toEqual([]);

  const handle = open.session.client.workflow.getHandle(waiting?.workflowId ?? "");
  await handle.signal("approve");
  const events = await reading;

  expect(payments).toEqual([5]);
  expect(await run.result()).toMatchObject({ status: "completed", text: "Paid." });
  const [required] = ofType(events, "approval-required");
  expect(required).toMatchObject({ gate: waiting?.gate.id, tool: "pay", contentHash: waiting?.gate.contentHash });
  expect(ofType(events, "approval-decision")).toMatchObject([
    { gate: required?.gate, decision: "approve", tool: "pay" },
  ]);
  expect(toolResults(events)).toEqual([{ tool: "pay", result: "paid 5", isError: false }]);
  expect(await gates.decisions(required?.gate ?? "")).toMatchObject([{ decision: "approve", refused: null }]);
  expect(await gates.waiting()).toEqual([]);
});

test.each(["reject", "revise"] as const)("%s answers the call with the note and runs nothing", async (decision) => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([pay(5), { text: "Not paid." }]));
  const reading = readEvents(run);
  const [waiting] = await gates.untilWaiting(1);

  const result = await open.runtime.respondToApproval(waiting?.gate.id ?? "", {
    decision,
    by: "ann",
    note: "too much",
  });

  expect(result).toMatchObject({ kind: "counted", status: "rejected", waitsForMore: false });
  const results = toolResults(await reading);
  expect(results).toMatchObject([{ tool: "pay", isError: true }]);
  expect(results[0]?.result).toMatch(/APPROVAL_REJECTED.*"ann".*"too much"/s);
  expect(payments).toEqual([]);
  expect(await run.result()).toMatchObject({ status: "completed" });
});

test("a child's gate is the child's own, and the inbox shows it with the root run", async () => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([ask("teller", pay(7), { text: "Paid." }), { text: "All paid." }]));
  const reading = readEvents(run);
  const [waiting] = await gates.untilWaiting(1);
  expect(waiting).toMatchObject({ runId: run.runId, gate: { requestedBy: "teller" } });
  expect(waiting?.workflowId).toContain("/teller/1");

  const root = open.session.client.workflow.getHandle(
    `acme/${open.runtime.app.workspace}/thread/${(await open.runtime.runs.get(run.runId)).threadId}`,
  );
  const atRoot = await root.executeUpdate("respond", { args: [{ decision: "approve" }] });
  expect(atRoot).toMatchObject({ kind: "refused", code: "closed" });
  expect(
    await open.runtime.respondToApproval(waiting?.gate.id ?? "", { decision: "approve", by: "ann" }),
  ).toMatchObject({
    kind: "counted",
    status: "approved",
  });

  await reading;
  expect(payments).toEqual([7]);
  expect(await run.result()).toMatchObject({ status: "completed", text: "All paid." });
});

test("with several calls waiting a bare answer is refused and names them, and each is answered by its id", async () => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([{ tools: [pay(1), pay(2)] }, { text: "Done." }]));
  const reading = readEvents(run);
  const [first, second] = await gates.untilWaiting(2);
  const handle = open.session.client.workflow.getHandle(first?.workflowId ?? "");

  const bare = await handle.executeUpdate("respond", { args: [{ decision: "approve" }] });

  expect(bare).toMatchObject({ kind: "refused", code: "gate_mismatch" });
  expect(JSON.stringify(bare)).toContain(first?.gate.id);
  expect(JSON.stringify(bare)).toContain(second?.gate.id);
  for (const gate of [first, second])
    expect(await gates.decisions(gate?.gate.id ?? "")).toMatchObject([{ refused: "gate_mismatch" }]);
  await handle.signal("reject", { gate: first?.gate.id });
  await handle.signal("approve", { gate: second?.gate.id });
  await reading;
  expect(payments).toHaveLength(1);
  expect(await run.result()).toMatchObject({ status: "completed" });
});
