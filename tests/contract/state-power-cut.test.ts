/** SQLite survives every kill by itself; what must survive a power cut too is on the disk before anything is done about it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { createBlobStore } from "../../src/state/blobs/blobs.ts";
import type { StateDatabase } from "../../src/state/database.ts";
import { createGateStore } from "../../src/state/plans/gates.ts";
import { NodeCache } from "../../src/state/transcripts/node-cache.ts";
import { createPlanStore } from "../../src/state/plans/plans.ts";
import { RunHubs } from "../../src/state/log/run-hubs.ts";
import { openSqlite } from "../../src/state/sqlite/open-sqlite.ts";
import { createStepJournal } from "../../src/state/steps/steps.ts";
import { decision, newRevision, PLAN, planChange, toolGate } from "../helpers/plan-records.ts";
import { ACME, stepAttempt } from "../helpers/state-records.ts";

const NORMAL = 1;
const FULL = 2;

async function openDatabase(): Promise<StateDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "bridle-state-"));
  const database = await openSqlite(join(folder, "state.db"), 50);
  onTestFinished(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await database.migrate();
  return database;
}

/** How a commit is written, as SQLite says inside its transaction. Its answer is made when the text is first read, so each has its own. */
async function level(write: StateDatabase["write"], mark: string): Promise<number | undefined> {
  return write(async (tx) => {
    const { rows } = await sql<{ readonly synchronous: number }>`pragma synchronous /* ${sql.raw(mark)} */`.execute(tx);
    return rows[0]?.synchronous;
  });
}

test("a commit that must last waits for the disk, and the ones around it do not", async () => {
  const database = await openDatabase();

  const levels = await Promise.all([
    level(database.write, "before"),
    level(database.writeToLast, "lasting"),
    level(database.write, "after"),
  ]);
  const failed = database.writeToLast(() => Promise.reject(new Error("no")));
  await expect(failed).rejects.toThrow("no");

  expect(levels).toEqual([NORMAL, FULL, NORMAL]);
  expect(await level(database.write, "at last")).toBe(NORMAL);
});

test("intents, outcomes, decisions and calls that must happen once are made to last", async () => {
  const database = await openDatabase();
  let lasting = 0;
  const counted: StateDatabase = {
    ...database,
    writeToLast(work) {
      lasting += 1;
      return database.writeToLast(work);
    },
  };
  const hubs = new RunHubs(counted);
  const plans = createPlanStore(counted, ACME, { blobs: createBlobStore(counted, ACME), hubs });
  const gates = createGateStore(counted, ACME);
  const steps = createStepJournal(counted, ACME, { cache: new NodeCache(1), hubs });
  const made = async (work: () => Promise<unknown>): Promise<number> => {
    const before = lasting;
    await work();
    return lasting - before;
  };

  expect(await made(() => plans.storeRevision(newRevision("first")))).toBe(0);
  expect(await made(() => plans.change(planChange("said", { decision: decision("d1") })))).toBe(1);
  expect(await made(() => plans.change(planChange("moved", { status: "approved" })))).toBe(1);
  expect(await made(() => plans.change(planChange("told", { from: ["approved"], fence: 1 })))).toBe(0);
  expect(await made(() => plans.openLedger(PLAN, [{ index: 0, kind: "refund", idempotencyKey: "k" }]))).toBe(0);
  expect(await made(() => plans.moveAction(PLAN, { index: 0, from: ["pending"], to: "intent" }))).toBe(1);
  expect(await made(() => plans.moveActions(PLAN, [{ index: 0, from: ["intent"], to: "done" }]))).toBe(1);
  expect(await made(() => gates.open(toolGate("gate_1")))).toBe(0);
  expect(await made(() => gates.decide("gate_1", decision("d2"), true))).toBe(1);
  expect(await made(() => steps.begin(stepAttempt(1)))).toBe(0);
  expect(await made(() => steps.begin(stepAttempt(1, { step: "call:once" }), { isForGood: true }))).toBe(1);
});
