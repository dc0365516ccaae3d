/** A plan that cannot be begun: it says why, it does not look like work, and whoever stops it is heard and remembered. */
import { join } from "node:path";
import SQLite from "better-sqlite3";
import pg from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { PLAN_CLOSE_ATTEMPTS } from "../../src/protocol/limits/plan.ts";
import { ask } from "../helpers/crash-script.ts";
import { type OpenRuntime, openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import {
  type Effect,
  execute,
  planSpec,
  pricePlan,
  productSet,
  recordingDispatcher,
  watchPlan,
} from "../helpers/plan-app.ts";
import { readEvents, toolResults } from "../helpers/read-events.ts";
import { storeOf } from "../helpers/store-of.ts";

interface ApprovedPlan extends AsyncDisposable {
  readonly open: OpenRuntime;
  readonly plans: OpenRuntime["runtime"]["plans"];
  readonly effects: readonly Effect[];
  /** Changes the file of the store behind everybody's back. */
  damage(sql: string): void;
}

/** A plan of two actions that ann approved; the second one names a set. */
async function approved(answer?: () => Promise<undefined>): Promise<ApprovedPlan> {
  const { effects, dispatcher } = recordingDispatcher({}, answer);
  const open = await openRuntime(planSpec(), { actionDispatcher: dispatcher });
  await storePlan(open);
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "ann" });
  return {
    open,
    plans: open.runtime.plans,
    effects,
    damage(sql) {
      const file = new SQLite(join(open.home, "state.db"));
      file.exec(sql);
      file.close();
    },
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

async function storePlan({ runtime }: OpenRuntime): Promise<void> {
  const { kind, id } = await runtime.createReference(productSet, ["a", "b"]);
  const actions = [
    { kind: "price", product: "a", price: 1 },
    { kind: "hold", products: { kind, id } },
  ];
  await runtime.plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "r", actions } });
}

function warnings(): readonly string[] {
  const told: string[] = [];
  const listen = ({ message }: Error): void => void told.push(message);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  return told;
}

const UNREADABLE = "UPDATE blobs SET codec = 'lzma' WHERE hash IN (SELECT hash FROM refs)";
const REFUSE_CANCELS = `CREATE TRIGGER refuse BEFORE INSERT ON plan_decisions WHEN new.decision LIKE '%"cancel"%'
  BEGIN SELECT RAISE(ABORT, 'refused'); END`;
const READABLE = "UPDATE blobs SET codec = 'raw' WHERE hash IN (SELECT hash FROM refs)";

test("a plan whose values no attempt can read has failed, says why and what to do, and is never applied", async () => {
  const told = warnings();
  await using plan = await approved();
  const { plans, effects, damage } = plan;
  damage(UNREADABLE);

  const ended = await plans.execute("p1", { waitMs: 20_000 });
  damage(READABLE);
  const again = await plans.execute("p1", { waitMs: 20_000 });
  const cancelled = await plans.cancel("p1", { by: "ann" });

  expect(ended).toMatchObject({
    status: "failed",
    error: {
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(/^Reference ProductSet "ref_\w+" cannot be read: .*compressed with lzma/),
      hint: expect.stringContaining("version of bridle"),
    },
  });
  expect(again).toEqual(ended);
  expect(cancelled).toMatchObject({ kind: "ended", applied: 0 });
  expect(effects).toEqual([]);
  await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 10_000 });
  expect(told[0]).toMatch(/^plan p1 could not be begun: STORE_UNAVAILABLE Reference ProductSet .*lzma/);
}, 60_000);

test("the model that asked reads why the plan could not be begun, and that nothing was applied", async () => {
  await using plan = await approved();
  plan.damage(UNREADABLE);

  const run = plan.open.runtime.query(
    JSON.stringify([ask("executor", execute("p1"), { text: "Done." }), { text: "." }]),
  );
  const answer = toolResults(await readEvents(run)).find(({ tool }) => tool === "executePlan");

  expect(answer).toMatchObject({ isError: true });
  expect(answer?.result).toMatch(/has failed, 0 entities affected.*\n.*compressed with lzma/);
  expect(answer?.result).toContain("Nothing was applied.");
}, 60_000);

test("a plan that stands at executing and cannot be begun again is ended by whoever stops it", async () => {
  await using plan = await approved();
  const { open, plans, effects, damage } = plan;
  await watchPlan(open, "p1").handle.terminate("test");
  const { planId } = await plans.get("p1");
  await storeOf(open).plans.change({ key: "begin", planId, from: ["approved"], status: "executing" });
  damage(UNREADABLE);

  const cancelled = await plans.cancel("p1", { by: "ann", note: "stop" });
  damage(READABLE);
  const executed = await plans.execute("p1", { waitMs: 20_000 });

  expect(cancelled).toMatchObject({ kind: "cancelled", applied: 0, decision: { by: "ann", note: "stop" } });
  expect(executed).toMatchObject({
    status: "failed",
    error: { code: "CANCELLED", message: "Cancelled after 0 of 2 actions." },
  });
  expect(effects).toEqual([]);
}, 60_000);

test("a plan that stands at executing and cannot be gone on with has failed with the reason", async () => {
  await using plan = await approved();
  const { open, plans, effects, damage } = plan;
  await watchPlan(open, "p1").handle.terminate("test");
  const { planId } = await plans.get("p1");
  await storeOf(open).plans.change({ key: "begin", planId, from: ["approved"], status: "executing" });
  damage(UNREADABLE);

  const ended = await plans.execute("p1", { waitMs: 20_000 });

  expect(ended).toMatchObject({ status: "failed", error: { code: "STORE_UNAVAILABLE" } });
  expect(effects).toEqual([]);
}, 60_000);

test("a plan whose worker died between its new status and its ledger is applied whole by the next who asks", async () => {
  await using plan = await approved();
  const { open, plans, effects } = plan;
  await watchPlan(open, "p1").handle.terminate("test");
  const { planId } = await plans.get("p1");
  await storeOf(open).plans.change({ key: "begin", planId, from: ["approved"], status: "executing" });

  const ended = await plans.execute("p1", { waitMs: 20_000 });

  expect(ended).toMatchObject({ status: "executed", error: null });
  expect(effects.map(({ action }) => action.index)).toEqual([0, 1]);
}, 60_000);

test("a cancel of a plan that cannot be closed outlives every attempt to close it, and nothing more is applied", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const told = warnings();
  await using plan = await approved(() => promise);
  const { plans, effects, damage } = plan;
  await plans.execute("p1", { waitMs: 1 });
  await vi.waitUntil(() => effects.length === 1, { timeout: 20_000 });
  damage(REFUSE_CANCELS);

  await plans.cancel("p1", { by: "ann", waitMs: 1 });
  resolve(undefined);
  const failures = (): number => told.filter((line) => line.startsWith("plan p1, closePlan: INTERNAL")).length;
  await vi.waitUntil(() => failures() === 2 * PLAN_CLOSE_ATTEMPTS, { timeout: 60_000 });
  damage("DROP TRIGGER refuse");
  const ended = await plans.execute("p1", { waitMs: 20_000 });

  expect(ended).toMatchObject({ status: "failed", error: { code: "CANCELLED" } });
  expect((await plans.decisions("p1")).at(-1)).toMatchObject({ decision: "cancel", by: "ann", refused: null });
  expect(effects).toHaveLength(1);
}, 100_000);

test("a cancel that could not be recorded is not forgotten: nothing is applied before it is", async () => {
  await using plan = await approved();
  const { plans, effects, damage } = plan;
  damage(REFUSE_CANCELS);

  const told = warnings();
  const asked = await plans.cancel("p1", { by: "ann", waitMs: 1 });
  await vi.waitUntil(() => told.some((line) => line.startsWith("plan p1, withdrawPlan: INTERNAL")), {
    timeout: 20_000,
  });
  const waiting = await plans.execute("p1", { waitMs: 1_000 });
  damage("DROP TRIGGER refuse");
  const ended = await plans.execute("p1", { waitMs: 20_000 });

  expect(asked).toMatchObject({ kind: "asked", plan: { status: "approved" } });
  expect(waiting.status).toBe("approved");
  expect(ended.status).toBe("rejected");
  expect((await plans.decisions("p1")).at(-1)).toMatchObject({ decision: "cancel", by: "ann", refused: null });
  expect(effects).toEqual([]);
}, 60_000);

test("a plan whose values cannot be read for now is approved until they can, and is closed at once by whoever stops it", async () => {
  const { effects, dispatcher } = recordingDispatcher();
  const { store, locked } = await lockableStore();
  await using open = await openRuntime(planSpec(), { actionDispatcher: dispatcher, session: { store } });
  const { plans, respondToApproval } = open.runtime;
  await storePlan(open);
  await respondToApproval("p1", { decision: "approve", by: "ann" });
  await using lock = await locked();

  const reading = plans.execute("p1", { waitMs: 20_000 });
  await lock.untilAsked();
  const meanwhile = await plans.get("p1");
  const cancelled = await plans.cancel("p1", { by: "bob", waitMs: 5_000 });
  await lock.release();

  expect(meanwhile.status).toBe("approved");
  expect(cancelled).toMatchObject({ kind: "cancelled", plan: { status: "rejected" }, decision: { by: "bob" } });
  expect(await reading).toMatchObject({ status: "rejected" });
  expect(effects).toEqual([]);
}, 60_000);

interface Lock extends AsyncDisposable {
  /** Resolves when somebody waits for the references. */
  untilAsked(): Promise<void>;
  release(): Promise<void>;
}

/** A Postgres store whose references can be kept from everybody while the rest of it works. */
async function lockableStore(): Promise<{ readonly store: string; locked(): Promise<Lock> }> {
  const admin = new pg.Client({ connectionString: inject("postgresUrl") });
  const name = uniqueName("begin").replaceAll("-", "_");
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return {
    store: url.href,
    async locked() {
      const holder = new pg.Client({ connectionString: url.href });
      const watcher = new pg.Client({ connectionString: url.href });
      await Promise.all([holder.connect(), watcher.connect()]);
      const found = await holder.query<{ schema: string }>(
        "SELECT table_schema AS schema FROM information_schema.tables WHERE table_name = 'refs'",
      );
      await holder.query(`BEGIN; LOCK TABLE "${found.rows[0]?.schema ?? ""}".refs IN ACCESS EXCLUSIVE MODE`);
      let isHeld = true;
      const release = async (): Promise<void> => {
        if (!isHeld) return;
        isHeld = false;
        await Promise.all([holder.end(), watcher.end()]);
      };
      const untilAsked = async (): Promise<void> => {
        await vi.waitUntil(async () => (await watcher.query("SELECT FROM pg_locks WHERE NOT granted")).rowCount !== 0, {
          timeout: 15_000,
        });
      };
      return { untilAsked, release, [Symbol.asyncDispose]: release };
    },
  };
}
