/** What arrives while a turn is ending or changes histories: nothing of it is left behind, and nobody waits for an answer without end. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import SqliteDatabase from "better-sqlite3";
import pg from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { threadWorkflowId } from "../../src/protocol/workflow-id.ts";
import { openRuntime, type OpenRuntime } from "../helpers/open-runtime.ts";
import { startOwnServer } from "../helpers/own-server.ts";
import { readUntil } from "../helpers/read-events.ts";

const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "held" }]);
const threadId = "t";

interface Held {
  readonly spec: Parameters<typeof openRuntime>[0];
  release(): void;
}

/** An agent whose tool comes back when the test says so. */
function holding(): Held {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hold = defineTool({ name: "hold", description: "Waits.", input: { type: "object" }, handler: () => promise });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", stateful: true, tools: [hold] });
  return { spec: defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] }), release: resolve };
}

type Run = ReturnType<OpenRuntime["runtime"]["runSpecialist"]>;

async function begun({ runtime }: OpenRuntime): Promise<Run> {
  const run = runtime.runSpecialist("worker", HOLD, { threadId });
  await readUntil(run, (event) => event.type === "tool-invocation");
  return run;
}

async function queued({ runtime }: OpenRuntime): Promise<Run> {
  const run = runtime.runSpecialist("worker", "next", { threadId, whenBusy: "queue" });
  await run.started;
  return run;
}

function threadOf({ runtime, session }: OpenRuntime): ReturnType<typeof session.client.workflow.getHandle> {
  return session.client.workflow.getHandle(threadWorkflowId(runtime.app, threadId));
}

/** What the thread's workflow has running right now. */
async function activities(open: OpenRuntime): Promise<readonly string[]> {
  const { raw } = await threadOf(open).describe();
  return (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name ?? "");
}

/** A Postgres store in which the test can hold single rows. */
function lockableStore(): { readonly store: string; lock(runId: string): Promise<() => Promise<unknown>> } {
  const schema = `ends_${randomBytes(6).toString("hex")}`;
  return {
    store: `${inject("postgresUrl")}?schema=${schema}`,
    async lock(runId) {
      const client = new pg.Client({ connectionString: inject("postgresUrl") });
      await client.connect();
      onTestFinished(() => client.end());
      await client.query("begin");
      await client.query(`select 1 from ${schema}.runs where run_id = $1 for update`, [runId]);
      return () => client.query("rollback");
    },
  };
}

function within<T>(ms: number, work: Promise<T>): Promise<T | "still waiting"> {
  return Promise.race([work, sleep(ms, "still waiting" as const, { ref: false })]);
}

test("a run that waited long in the queue and is withdrawn ends as cancelled, never as lost", async () => {
  const held = holding();
  await using open = await openRuntime(held.spec);
  await begun(open);

  for (let round = 0; round < 5; round++) {
    const next = await queued(open);
    const database = new SqliteDatabase(join(open.home, "state.db"), { timeout: 5_000 });
    database.prepare("update runs set created_at = '2020-01-01T00:00:00.000Z' where run_id = ?").run(next.runId);
    database.close();
    await open.runtime.cancel(next.runId);

    expect(await next.result()).toMatchObject({ status: "cancelled", error: null });
  }
  held.release();
});

test("an answer that comes while a turn is ending is answered, and the turn's workflow ends", async () => {
  const held = holding();
  const { store, lock } = lockableStore();
  await using open = await openRuntime(held.spec, { session: { store } });
  const first = await begun(open);
  const next = await queued(open);
  const unlock = await lock(next.runId);
  const thread = threadOf(open);
  await thread.signal("cancel", { runId: next.runId });
  await vi.waitUntil(async () => (await activities(open)).includes("endTurn"), { timeout: 15_000 });
  held.release();
  await first.result();
  await vi.waitUntil(async () => (await activities(open)).join() === "endTurn", { timeout: 15_000 });

  const answered = await within(5_000, thread.executeUpdate("respond", { args: [{ decision: "approve" }] }));
  await unlock();

  expect(answered).toMatchObject({ kind: "refused", code: "closed" });
  expect(await within(5_000, thread.result())).toMatchObject({ runId: first.runId, status: "completed" });
  expect(await next.result()).toMatchObject({ status: "cancelled" });
});

test("a cancel that comes while a turn changes histories is not lost", { timeout: 60_000 }, async () => {
  await using server = await startOwnServer(["limit.historyCount.suggestContinueAsNew=8"]);
  const held = holding();
  const { store, lock } = lockableStore();
  const session = { store, temporal: { address: server.address, taskQueue: "ends" } };
  await using open = await openRuntime(held.spec, { session });
  const first = await begun(open);
  const next = await queued(open);
  const unlock = await lock(next.runId);
  await threadOf(open).signal("cancel", { runId: next.runId });
  await vi.waitUntil(async () => (await activities(open)).includes("endTurn"), { timeout: 15_000 });
  held.release();
  await vi.waitUntil(async () => (await activities(open)).join() === "endTurn", { timeout: 15_000 });

  await open.runtime.cancel(first.runId);
  await unlock();

  expect(await first.result()).toMatchObject({ status: "cancelled", finish: "cancelled" });
  expect(await next.result()).toMatchObject({ status: "cancelled" });
});

test("a withdrawn prompt of an app that no worker hosts does not keep its thread", async () => {
  const held = holding();
  await using open = await openRuntime(held.spec);
  const first = await begun(open);
  await threadOf(open).signal("prompt", { runId: "stray", app: "elsewhere" });
  await threadOf(open).signal("cancel", { runId: "stray" });
  held.release();
  await first.result();

  const after = open.runtime.runSpecialist("worker", "and now?", { threadId });

  expect(await after.result()).toMatchObject({ status: "completed", text: "and now?" });
});
