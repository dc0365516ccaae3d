/** Recordings of the turn workflow: one for every way a turn ends, and for every place where it waits. */
import {
  child,
  closed,
  executions,
  openGates,
  pending,
  query,
  type Recording,
  save,
  status,
  thread,
  until,
  waiting,
} from "./recorder.ts";

const add = { tool: "add", args: { a: 2, b: 3 } };
const pay = { tool: "pay", args: {} };
const hold = { tool: "hold", args: {} };
const ask = (agent: string, ...steps: readonly unknown[]): unknown => ({
  tool: "call_agent",
  args: { agent, prompt: JSON.stringify(steps) },
});

/** On a server that lets histories grow. */
export const TURN_RECORDINGS: Readonly<Record<string, Recording>> = {
  "plain answer": async (recorder) => {
    await query(recorder, "plain", [{ text: "Hello." }]);
    await save(recorder, "plain-answer", { workflowId: thread("plain") });
  },
  tools: async (recorder) => {
    await query(recorder, "tools", [{ tools: [add, add] }, { tool: "add", args: { a: "two" } }, { text: "Five." }]);
    await save(recorder, "tools", { workflowId: thread("tools") });
  },
  agent: async (recorder) => {
    const run = await query(recorder, "agent", [ask("analyst", add, { text: "Five." }), { text: "She says five." }]);
    await save(recorder, "agent", { workflowId: thread("agent") });
    await save(recorder, "agent-child", { workflowId: child(run.runId, "analyst", 1) });
  },
  "failed by max-turns": async (recorder) => {
    const run = await query(recorder, "max-turns", [
      ask("hasty", add, { text: "Never said." }),
      { text: "It failed." },
    ]);
    await save(recorder, "max-turns-parent", { workflowId: thread("max-turns") });
    await save(recorder, "max-turns", { workflowId: child(run.runId, "hasty", 1) });
  },
  duplicate: async (recorder) => {
    const { runId } = await query(recorder, "twice", [{ text: "Once." }]);
    const input = { app: "recorded", tenant: "acme", workspace: "replay", threadId: "twice", runId, stored: true };
    const { client, taskQueue } = recorder.session;
    await client.workflow.execute("agentTurn", { workflowId: thread("twice"), taskQueue, args: [input] });
    await save(recorder, "duplicate", { workflowId: thread("twice") });
  },
  "queued prompt": async (recorder) => {
    const first = await waiting(recorder, "queue", { script: [hold], for: "tool hold" });
    const second = recorder.runtime.query(JSON.stringify([{ text: "Next." }]), {
      threadId: "queue",
      whenBusy: "queue",
    });
    await until(async () => (await status(recorder, "queue")).queued.length === 1);
    await recorder.runtime.cancel(first.runId);
    await second.result();
    const [runId, nextId] = await executions(recorder, thread("queue"));
    await save(recorder, "queued-prompt-before", { workflowId: thread("queue"), runId });
    await save(recorder, "queued-prompt-after", { workflowId: thread("queue"), runId: nextId });
  },
  "waiting for a tool, then cancelled": async (recorder) => {
    const run = await waiting(recorder, "tool", { script: [add, hold, { text: "Never said." }], for: "tool hold" });
    await save(recorder, "open-tool", { workflowId: thread("tool") });
    await recorder.runtime.cancel(run.runId);
    await run.result();
    await closed(recorder, thread("tool"));
    await save(recorder, "cancelled", { workflowId: thread("tool") });
  },
  "waiting for a child, then cancelled from Temporal": async (recorder) => {
    const run = await waiting(recorder, "child", {
      script: [ask("analyst", hold), { text: "Never said." }],
      for: "agent analyst",
    });
    const childId = child(run.runId, "analyst", 1);
    await until(async () => (await pending(recorder, childId)).includes("tool"));
    await save(recorder, "open-child", { workflowId: thread("child") });
    await recorder.session.client.workflow.getHandle(thread("child")).cancel();
    await closed(recorder, thread("child"));
    await save(recorder, "cancelled-parent", { workflowId: thread("child") });
    await save(recorder, "cancelled-child", { workflowId: childId });
  },
  "waiting for the model": async (recorder) => {
    recorder.silent.query("Say something.", { threadId: "silent" });
    await until(async () => (await pending(recorder, thread("silent"))).includes("model"));
    await save(recorder, "open-model", { workflowId: thread("silent") });
  },
  "a gate that waits": async (recorder) => {
    await waiting(recorder, "gate", { script: [{ tools: [pay, add, pay] }, { text: "Over." }], for: "gate pay" });
    const handle = recorder.session.client.workflow.getHandle(thread("gate"));
    await until(async () => (await openGates(recorder, thread("gate"))).length === 2);
    await handle.executeUpdate("respond", { args: [{ decision: "approve" }] });
    await save(recorder, "open-gate", { workflowId: thread("gate") });
    const [first, second] = await openGates(recorder, thread("gate"));
    await handle.signal("approve", { gate: first });
    await handle.signal("revise", { gate: second, note: "later" });
    await handle.result();
    await save(recorder, "gates", { workflowId: thread("gate") });
  },
  "a child's gate, then cancelled": async (recorder) => {
    const run = await waiting(recorder, "child-gate", { script: [ask("analyst", pay)], for: "agent analyst" });
    const childId = child(run.runId, "analyst", 1);
    await until(async () => (await openGates(recorder, childId)).length === 1);
    await recorder.runtime.cancel(run.runId);
    await closed(recorder, thread("child-gate"));
    await save(recorder, "cancelled-gate", { workflowId: childId });
  },
  "waiting for the next attempt": async (recorder) => {
    await waiting(recorder, "retry", { script: [{ tool: "fail", args: {} }], for: "tool fail" });
    const handle = recorder.session.client.workflow.getHandle(thread("retry"));
    await until(async () => ((await handle.describe()).raw.pendingActivities?.[0]?.attempt ?? 0) > 1);
    await save(recorder, "open-retry", { workflowId: thread("retry") });
  },
};

/** On a server that suggests a fresh history early. */
export const SHORT_TURN_RECORDINGS: Readonly<Record<string, Recording>> = {
  "cut turn": async (recorder) => {
    await query(recorder, "long", [...Array.from({ length: 5 }, () => add), { text: "Counted." }]);
    const [first, second] = await executions(recorder, thread("long"));
    await save(recorder, "cut-turn-before", { workflowId: thread("long"), runId: first });
    await save(recorder, "cut-turn-after", { workflowId: thread("long"), runId: second });
  },
  "a gate across histories": async (recorder) => {
    const run = await waiting(recorder, "gate-cut", { script: [pay, { text: "Over." }], for: "gate pay" });
    const handle = recorder.session.client.workflow.getHandle(thread("gate-cut"));
    const [gate] = await openGates(recorder, thread("gate-cut"));
    while ((await executions(recorder, thread("gate-cut"))).length === 1)
      await handle.executeUpdate("respond", { args: [{ decision: "edit", gate }] });
    await handle.signal("approve", { gate });
    await run.result();
    await closed(recorder, thread("gate-cut"));
    const [first, second] = await executions(recorder, thread("gate-cut"));
    await save(recorder, "cut-gate-before", { workflowId: thread("gate-cut"), runId: first });
    await save(recorder, "cut-gate-after", { workflowId: thread("gate-cut"), runId: second });
  },
};
