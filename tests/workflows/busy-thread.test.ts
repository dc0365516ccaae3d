import { expect, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { openRuntime, type OpenRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { readEvents, readUntil } from "../helpers/read-events.ts";

interface Gate {
  readonly wait: Promise<void>;
  open(): void;
}

function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { wait: promise, open: resolve };
}

function specWith(held: Gate): Parameters<typeof openRuntime>[0] {
  const hold = defineTool({
    name: "hold",
    description: "Waits.",
    input: { type: "object" },
    handler: async () => held.wait,
  });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", stateful: true, tools: [hold] });
  return defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
}

const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "held" }]);

async function busyThread(): Promise<{
  open: OpenRuntime;
  held: Gate;
  threadId: string;
  first: ReturnType<OpenRuntime["runtime"]["runSpecialist"]>;
}> {
  const held = gate();
  const open = await openRuntime(specWith(held));
  const threadId = uniqueName("thread");
  const first = open.runtime.runSpecialist("worker", HOLD, { threadId });
  await readUntil(first, (event) => event.type === "tool-invocation");
  return { open, held, threadId, first };
}

test("a second prompt on a busy thread is refused with what the thread waits for, and its run id stays free", async () => {
  const { open, held, threadId, first } = await busyThread();
  await using _ = open;

  const refused = open.runtime.runSpecialist("worker", "me too", { threadId, runId: "second" });
  await expect(refused.result()).rejects.toMatchObject({
    code: "THREAD_BUSY",
    message: expect.stringContaining("tool hold"),
  });
  await expect(open.runtime.runs.get("second")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
  held.open();
  await first.result();

  const again = await open.runtime.runSpecialist("worker", "me too", { threadId, runId: "second" }).result();
  expect(again).toMatchObject({ runId: "second", status: "completed", text: "me too" });
});

test("queued prompts run in order when the thread is free, each as a run of its own", async () => {
  const { open, held, threadId, first } = await busyThread();
  await using _ = open;

  const second = open.runtime.runSpecialist("worker", "second", { threadId, whenBusy: "queue" });
  await second.started;
  const third = open.runtime.runSpecialist("worker", "third", { threadId, whenBusy: "queue" });
  await expect
    .poll(
      async () => (await open.runtime.runs.list({ threadId })).items.filter((run) => run.status === "queued").length,
      { timeout: 10_000 },
    )
    .toBe(2);
  held.open();

  expect(await first.result()).toMatchObject({ text: "held" });
  expect(await second.result()).toMatchObject({ status: "completed", text: "second" });
  expect(await third.result()).toMatchObject({ status: "completed", text: "third" });
  const { agents } = await open.runtime.threads.transcript(threadId);
  const prompts = agents.worker?.messages.flatMap((message) =>
    message.role === "user" ? message.parts.map((part) => part.text) : [],
  );
  expect(prompts).toEqual([HOLD, "second", "third"]);
});

test("a queued prompt on an idle thread starts at once", async () => {
  await using open = await openRuntime(specWith(gate()));
  const run = open.runtime.runSpecialist("worker", "hello", { threadId: "idle", whenBusy: "queue" });
  expect(await run.result()).toMatchObject({ status: "completed", text: "hello" });
});

test("a queued run that is cancelled never starts, and the ones behind it do", async () => {
  const { open, held, threadId, first } = await busyThread();
  await using _ = open;
  const second = open.runtime.runSpecialist("worker", "second", { threadId, whenBusy: "queue" });
  const third = open.runtime.runSpecialist("worker", "third", { threadId, whenBusy: "queue" });
  await expect.poll(async () => (await open.runtime.runs.list({ threadId })).items.length, { timeout: 10_000 }).toBe(3);

  await open.runtime.cancel(second.runId);
  held.open();

  await first.result();
  expect(await second.result()).toMatchObject({ status: "cancelled", finish: "cancelled" });
  expect(await third.result()).toMatchObject({ status: "completed", text: "third" });
});

test("the same run id twice is the same run, also when both start at once", async () => {
  await using open = await openRuntime(specWith(gate()));
  const options = { threadId: "once", runId: "the-one" };
  const [one, two] = await Promise.all([
    readEvents(open.runtime.runSpecialist("worker", "hello", options)),
    readEvents(open.runtime.runSpecialist("worker", "hello", options)),
  ]);
  const later = await readEvents(open.runtime.runSpecialist("worker", "hello", options));
  expect(two).toEqual(one);
  expect(later).toEqual(one);
  await expect(open.runtime.runSpecialist("worker", "other words", options).result()).rejects.toMatchObject({
    code: "RUN_CONFLICT",
  });
});

test("prompts one after another on one thread never meet a busy thread", async () => {
  await using open = await openRuntime(specWith(gate()));
  for (let turn = 1; turn <= 10; turn++) {
    const record = await open.runtime.runSpecialist("worker", `turn ${turn}`, { threadId: "talk" }).result();
    expect(record).toMatchObject({ status: "completed", text: `turn ${turn}` });
  }
});
