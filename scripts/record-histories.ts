/**
 * Records real histories of turns and plans for tests/replay, closed ones and open ones at every place where one waits. Run it when the
 * workflow's commands change on purpose, and keep the old files that must still replay: `node scripts/record-histories.ts`, or with a
 * word for the recordings that have it in their name: `node scripts/record-histories.ts plan`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { bindRuntime } from "../src/runtime/bind-runtime.ts";
import { lazily } from "../src/runtime/lazy-session.ts";
import { openSession } from "../src/runtime/session.ts";
import { startOwnServer } from "../tests/helpers/own-server.ts";
import { PLAN_RECORDINGS, SHORT_PLAN_RECORDINGS } from "./plan-recordings.ts";
import { recordedApp, silentApp } from "./recorded-app.ts";
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
} from "./recording-studio.ts";

const ROOT = join(import.meta.dirname, "..");

const add = { tool: "add", args: { a: 2, b: 3 } };
const pay = { tool: "pay", args: {} };
const hold = { tool: "hold", args: {} };
const ask = (agent: string, ...steps: readonly unknown[]): unknown => ({
  tool: "call_agent",
  args: { agent, prompt: JSON.stringify(steps) },
});

const RECORDINGS: Readonly<Record<string, Recording>> = {
  "plain answer": async (studio) => {
    await query(studio, "plain", [{ text: "Hello." }]);
    await save(studio, "plain-answer", { workflowId: thread("plain") });
  },
  tools: async (studio) => {
    await query(studio, "tools", [{ tools: [add, add] }, { tool: "add", args: { a: "two" } }, { text: "Five." }]);
    await save(studio, "tools", { workflowId: thread("tools") });
  },
  agent: async (studio) => {
    const run = await query(studio, "agent", [ask("analyst", add, { text: "Five." }), { text: "She says five." }]);
    await save(studio, "agent", { workflowId: thread("agent") });
    await save(studio, "agent-child", { workflowId: child(run.runId, "analyst", 1) });
  },
  "failed by max-turns": async (studio) => {
    const run = await query(studio, "max-turns", [ask("hasty", add, { text: "Never said." }), { text: "It failed." }]);
    await save(studio, "max-turns-parent", { workflowId: thread("max-turns") });
    await save(studio, "max-turns", { workflowId: child(run.runId, "hasty", 1) });
  },
  duplicate: async (studio) => {
    const { runId } = await query(studio, "twice", [{ text: "Once." }]);
    const input = { app: "recorded", tenant: "acme", workspace: "replay", threadId: "twice", runId, stored: true };
    const { client, taskQueue } = studio.session;
    await client.workflow.execute("agentTurn", { workflowId: thread("twice"), taskQueue, args: [input] });
    await save(studio, "duplicate", { workflowId: thread("twice") });
  },
  "queued prompt": async (studio) => {
    const first = await waiting(studio, "queue", { script: [hold], for: "tool hold" });
    const second = studio.runtime.query(JSON.stringify([{ text: "Next." }]), { threadId: "queue", whenBusy: "queue" });
    await until(async () => (await status(studio, "queue")).queued.length === 1);
    await studio.runtime.cancel(first.runId);
    await second.result();
    const [runId, nextId] = await executions(studio, thread("queue"));
    await save(studio, "queued-prompt-before", { workflowId: thread("queue"), runId });
    await save(studio, "queued-prompt-after", { workflowId: thread("queue"), runId: nextId });
  },
  "waiting for a tool, then cancelled": async (studio) => {
    const run = await waiting(studio, "tool", { script: [add, hold, { text: "Never said." }], for: "tool hold" });
    await save(studio, "open-tool", { workflowId: thread("tool") });
    await studio.runtime.cancel(run.runId);
    await run.result();
    await closed(studio, thread("tool"));
    await save(studio, "cancelled", { workflowId: thread("tool") });
  },
  "waiting for a child, then cancelled from Temporal": async (studio) => {
    const run = await waiting(studio, "child", {
      script: [ask("analyst", hold), { text: "Never said." }],
      for: "agent analyst",
    });
    const childId = child(run.runId, "analyst", 1);
    await until(async () => (await pending(studio, childId)).includes("tool"));
    await save(studio, "open-child", { workflowId: thread("child") });
    await studio.session.client.workflow.getHandle(thread("child")).cancel();
    await closed(studio, thread("child"));
    await save(studio, "cancelled-parent", { workflowId: thread("child") });
    await save(studio, "cancelled-child", { workflowId: childId });
  },
  "waiting for the model": async (studio) => {
    studio.silent.query("Say something.", { threadId: "silent" });
    await until(async () => (await pending(studio, thread("silent"))).includes("model"));
    await save(studio, "open-model", { workflowId: thread("silent") });
  },
  "a gate that waits": async (studio) => {
    await waiting(studio, "gate", { script: [{ tools: [pay, add, pay] }, { text: "Over." }], for: "gate pay" });
    const handle = studio.session.client.workflow.getHandle(thread("gate"));
    await until(async () => (await openGates(studio, thread("gate"))).length === 2);
    await handle.executeUpdate("respond", { args: [{ decision: "approve" }] });
    await save(studio, "open-gate", { workflowId: thread("gate") });
    const [first, second] = await openGates(studio, thread("gate"));
    await handle.signal("approve", { gate: first });
    await handle.signal("revise", { gate: second, note: "later" });
    await handle.result();
    await save(studio, "gates", { workflowId: thread("gate") });
  },
  "a child's gate, then cancelled": async (studio) => {
    const run = await waiting(studio, "child-gate", { script: [ask("analyst", pay)], for: "agent analyst" });
    const childId = child(run.runId, "analyst", 1);
    await until(async () => (await openGates(studio, childId)).length === 1);
    await studio.runtime.cancel(run.runId);
    await closed(studio, thread("child-gate"));
    await save(studio, "cancelled-gate", { workflowId: childId });
  },
  "waiting for the next attempt": async (studio) => {
    await waiting(studio, "retry", { script: [{ tool: "fail", args: {} }], for: "tool fail" });
    const handle = studio.session.client.workflow.getHandle(thread("retry"));
    await until(async () => ((await handle.describe()).raw.pendingActivities?.[0]?.attempt ?? 0) > 1);
    await save(studio, "open-retry", { workflowId: thread("retry") });
  },
};

/** On a server that suggests a fresh history early. */
const SHORT_RECORDINGS: Readonly<Record<string, Recording>> = {
  "cut turn": async (studio) => {
    await query(studio, "long", [...Array.from({ length: 5 }, () => add), { text: "Counted." }]);
    const [first, second] = await executions(studio, thread("long"));
    await save(studio, "cut-turn-before", { workflowId: thread("long"), runId: first });
    await save(studio, "cut-turn-after", { workflowId: thread("long"), runId: second });
  },
  "a gate across histories": async (studio) => {
    const run = await waiting(studio, "gate-cut", { script: [pay, { text: "Over." }], for: "gate pay" });
    const handle = studio.session.client.workflow.getHandle(thread("gate-cut"));
    const [gate] = await openGates(studio, thread("gate-cut"));
    while ((await executions(studio, thread("gate-cut"))).length === 1)
      await handle.executeUpdate("respond", { args: [{ decision: "edit", gate }] });
    await handle.signal("approve", { gate });
    await run.result();
    await closed(studio, thread("gate-cut"));
    const [first, second] = await executions(studio, thread("gate-cut"));
    await save(studio, "cut-gate-before", { workflowId: thread("gate-cut"), runId: first });
    await save(studio, "cut-gate-after", { workflowId: thread("gate-cut"), runId: second });
  },
};

const SHORT = ["limit.historyCount.suggestContinueAsNew=35"];

await record([], { ...RECORDINGS, ...PLAN_RECORDINGS });
await record(SHORT, { ...SHORT_RECORDINGS, ...SHORT_PLAN_RECORDINGS });

async function record(settings: readonly string[], recordings: Readonly<Record<string, Recording>>): Promise<void> {
  const wanted = Object.entries(recordings).filter(([name]) => name.includes(process.argv[2] ?? ""));
  if (wanted.length === 0) return;
  await using server = await startOwnServer(settings);
  const home = mkdtempSync(join(tmpdir(), "bridle-record-"));
  const apps = [recordedApp(), silentApp()] as const;
  const session = await openSession({
    env: {},
    home,
    hosted: apps,
    startServer: false,
    temporal: { address: server.address, taskQueue: "recorded" },
    knobs: { graceMs: 100 },
    workflowBundlePath: await bundle(home),
  });
  const [runtime, silent] = apps.map((app) =>
    bindRuntime(
      app,
      lazily(async () => session),
    ),
  );
  if (runtime === undefined || silent === undefined) throw new Error("Two apps make two runtimes.");
  for (const [name, recording] of wanted) {
    console.log(name);
    await recording({ session, runtime, silent });
  }
  await session.close();
  rmSync(home, { recursive: true, force: true });
}

async function bundle(home: string): Promise<string> {
  const workflowsPath = join(ROOT, "src", "workflows", "index.ts");
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
  const path = join(home, "workflow-bundle.js");
  writeFileSync(path, code);
  return path;
}
