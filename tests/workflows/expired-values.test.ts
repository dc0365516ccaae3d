/** Values of references do not pile up: a worker removes those whose time is over, and none that is still needed. */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { expect, test, vi } from "vitest";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, productSet, recordingDispatcher } from "../helpers/plan-app.ts";

const LONG_AGO = "2020-01-01T00:00:00.000Z";

test("a worker removes values that expired long ago, not those of a moment ago nor those of an open plan", async () => {
  const { dispatcher, effects } = recordingDispatcher();
  await using first = await openRuntime(planSpec(), { actionDispatcher: dispatcher });
  const [gone, held, recent] = await Promise.all(
    ["gone", "held", "recent"].map((product) => first.runtime.createReference(productSet, [product])),
  );
  const { id = "" } = held ?? {};
  const action = { kind: "hold", products: { kind: "ProductSet", id } };
  await first.runtime.plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "season", actions: [action] } });
  const database = new SqliteDatabase(join(first.home, "state.db"), { timeout: 5_000 });
  const expire = (ref: string | undefined, at: string): void => {
    database
      .prepare("update blobs set expires_at = ? where hash = (select hash from refs where ref_id = ?)")
      .run(at, ref);
    database.prepare("update refs set expires_at = ? where ref_id = ?").run(at, ref);
  };
  expire(gone?.id, LONG_AGO);
  expire(id, LONG_AGO);
  expire(recent?.id, new Date(Date.now() - 60_000).toISOString());
  const left = (): readonly unknown[] =>
    database.prepare("select ref_id from refs join blobs using (tenant, workspace, hash)").pluck().all();
  expect(left()).toHaveLength(3);

  const { home, runtime, session } = first;
  const temporal = { address: session.target.address, taskQueue: session.taskQueue };
  const { workspace } = runtime.app;
  await using second = await openRuntime(planSpec(), {
    actionDispatcher: dispatcher,
    session: { home, temporal },
    workspace,
  });
  await vi.waitUntil(() => left().length < 3, { timeout: 15_000 });

  expect(new Set(left())).toEqual(new Set([id, recent?.id]));
  database.close();
  await second.runtime.respondToApproval("p1", { decision: "approve", by: "Bo" });
  expect(await second.runtime.plans.execute("p1", { waitMs: 20_000 })).toMatchObject({ status: "executed" });
  expect(effects).toMatchObject([{ products: ["held"] }]);
});
