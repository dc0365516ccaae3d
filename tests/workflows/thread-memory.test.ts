import { expect, test } from "vitest";
import { defineCoordinator, defineRuntime, defineSpecialist, defineTenant } from "../../src/index.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";

const keeper = defineSpecialist({ name: "keeper", model: "m", prompt: "p", stateful: true });
const forgetful = defineSpecialist({ name: "forgetful", model: "m", prompt: "p" });
const boss = defineCoordinator({ name: "boss", model: "m", prompt: "p", routes: ["keeper", "forgetful"], maxTurns: 3 });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [boss, keeper, forgetful] });

function ask(agent: string, text: string): { tool: string; args: { agent: string; prompt: string } } {
  return { tool: "call_agent", args: { agent, prompt: text } };
}

async function messageCount(
  runtime: Awaited<ReturnType<typeof openRuntime>>["runtime"],
  threadId: string,
): Promise<Record<string, number>> {
  const { agents } = await runtime.threads.transcript(threadId);
  return Object.fromEntries(Object.entries(agents).map(([agent, { messages }]) => [agent, messages.length]));
}

test("stateful agents remember a thread, stateless ones start clean, and each agent has its own conversation", async () => {
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  const script = JSON.stringify([
    ask("keeper", "remember"),
    ask("keeper", "this too"),
    ask("forgetful", "never mind"),
    { text: "done" },
  ]);
  const runtime = open.runtime;

  await runtime.query(JSON.stringify([ask("keeper", "one"), { text: "done" }]), { threadId }).result();
  expect(await messageCount(runtime, threadId)).toEqual({ boss: 4, keeper: 2 });

  const failed = await runtime.query(script, { threadId }).result();
  expect(failed).toMatchObject({ status: "failed", finish: "max-turns", error: { code: "MAX_TURNS" } });
  expect(await messageCount(runtime, threadId)).toEqual({ boss: 4, keeper: 2 });

  await runtime.query("goodbye", { threadId }).result();
  expect(await messageCount(runtime, threadId)).toEqual({ boss: 6, keeper: 2 });
});

test("a stateful agent called twice in one run goes on where its first call ended", async () => {
  await using open = await openRuntime(spec);
  const threadId = uniqueName("thread");
  await open.runtime
    .query(JSON.stringify([ask("keeper", "one"), ask("keeper", "two"), { text: "done" }]), { threadId })
    .result();
  expect(await messageCount(open.runtime, threadId)).toEqual({ boss: 6, keeper: 4 });
});

test("a specialist asked directly has a thread of its own kind", async () => {
  await using open = await openRuntime(spec);
  const run = open.runtime.runSpecialist("keeper", "hello", { threadId: "direct" });
  expect(await run.result()).toMatchObject({ agent: "keeper", text: "hello", status: "completed" });
  expect(await messageCount(open.runtime, "direct")).toEqual({ keeper: 2 });
});
