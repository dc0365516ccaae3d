import { describe, expect, test } from "vitest";
import { PlanId, type PlanStatus } from "../../src/protocol/plan.ts";
import type { NewReference } from "../../src/state/plan-port.ts";
import { hashOf, newRevision, planChange, revisionWith } from "../helpers/plan-records.ts";
import { ACME } from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

const HOUR_MS = 60 * 60 * 1000;
const LONG_AGO = "2020-01-01T00:00:00.000Z";
const FINAL: readonly PlanStatus[] = ["executed", "failed", "rejected", "expired"];

describe.each(stateStores)("references in $name", (adapter) => {
  /** A store and a way to make everything in it expire. */
  const open = async () => {
    const url = adapter.newUrl();
    const store = await openStore(url);
    const expireAll = async (): Promise<void> => {
      for (const table of ["refs", "blobs"])
        await adapter.execute(url, `update ${table} set expires_at = '${LONG_AGO}' where expires_at is not null`);
    };
    return { url, store, expireAll, ...store.in(ACME) };
  };

  test("a value comes back by its handle, whose id is its kind and content", async () => {
    const { url, references } = await open();
    const record = await references.create(audience({ b: [1, "é\0"], a: null }));

    expect(record).toMatchObject({
      kind: "audience",
      id: `ref_${hashOf(`audience${record.contentHash}`).slice(0, 24)}`,
      contentHash: hashOf('{"a":null,"b":[1,"é\\u0000"]}'),
      glimpse: { size: 1 },
      bytes: 29,
    });
    const other = (await openStore(url)).in(ACME);
    expect(await other.references.get(record)).toEqual(record);
    expect(await other.references.value({ kind: record.kind, id: record.id })).toEqual({ a: null, b: [1, "é\0"] });
  });

  test("equal values are one reference whatever the order of their keys, and another kind is another one", async () => {
    const { references } = await open();

    const first = await references.create(audience({ a: 1, b: 2 }, null));
    const same = await references.create(audience({ b: 2, a: 1 }, null));
    const other = await references.create({ ...audience({ a: 1, b: 2 }), kind: "segment" });

    expect(same).toEqual(first);
    expect(other.id).not.toBe(first.id);
    expect(other.contentHash).toBe(first.contentHash);
    expect(await references.value(other)).toEqual({ a: 1, b: 2 });
    expect(await references.kinds(50)).toEqual(["audience", "segment"]);
    expect(await references.kinds(1)).toEqual(["audience"]);
  });

  test("the plans that hold a value are known, in order and up to a limit, until they let go of it", async () => {
    const { references, plans } = await open();
    const record = await references.create(audience(["a"]));
    const other = await references.create(audience(["b"]));
    for (const name of ["p2", "p1", "p3"]) {
      await plans.storeRevision({ ...revisionWith(name, [record]), planId: PlanId.parse(name) });
    }

    expect(await references.heldBy(record, 50)).toEqual(["p1", "p2", "p3"]);
    expect(await references.heldBy(record, 2)).toEqual(["p1", "p2"]);
    expect(await references.heldBy(other, 50)).toEqual([]);
    expect(await references.heldBy({ kind: "segment", id: record.id }, 50)).toEqual([]);
    await plans.change(planChange("r", { planId: PlanId.parse("p2"), status: "rejected" }));
    expect(await references.heldBy(record, 50)).toEqual(["p1", "p3"]);
  });

  test("creating again keeps the later expiry", async () => {
    const { references } = await open();
    const first = await references.create(audience("a", HOUR_MS));
    const shorter = await references.create(audience("a", 1));
    const longer = await references.create(audience("a", 2 * HOUR_MS));
    const forever = await references.create(audience("a", null));
    const still = await references.create(audience("a", HOUR_MS));

    expect(shorter).toEqual(first);
    expect(Date.parse(longer.expiresAt ?? "")).toBeGreaterThan(Date.parse(first.expiresAt ?? "") + HOUR_MS / 2);
    expect([forever.expiresAt, still.expiresAt]).toEqual([null, null]);
  });

  test("a ttl longer than dates can tell is for ever", async () => {
    const { references } = await open();

    const records = [
      await references.create(audience("a", Number.MAX_SAFE_INTEGER)),
      await references.create(audience("b", 9000 * 365 * 24 * HOUR_MS)),
    ];

    expect(records.map((record) => record.expiresAt)).toEqual([null, null]);
    expect(await references.value(records[1] ?? expect.fail())).toBe("b");
  });

  test.each(["ref_000000000000000000000000", "ref_1", "nul \0", "../../etc"])("%j is missing", async (id) => {
    const { references, plans } = await open();
    const handle = { kind: "audience", id };

    expect(await references.get(handle)).toBeNull();
    await expect(references.value(handle)).rejects.toMatchObject({ code: "REFERENCE_MISSING" });
    await expect(plans.storeRevision(revisionWith("first", [handle]))).rejects.toMatchObject({
      code: "REFERENCE_MISSING",
    });
    expect(await plans.get(newRevision("first").planId)).toBeNull();
  });

  test("the id of another kind is missing", async () => {
    const { references } = await open();
    const { id } = await references.create(audience([1]));

    expect(await references.get({ kind: "segment", id })).toBeNull();
    await expect(references.value({ kind: "segment\0", id })).rejects.toMatchObject({ code: "REFERENCE_MISSING" });
  });

  test("an expired value is expired before and after it is collected, until it is created again", async () => {
    const { store, references, plans } = await open();
    const record = await references.create(audience([1], -1));

    await expect(references.value(record)).rejects.toMatchObject({ code: "REFERENCE_EXPIRED" });
    await expect(plans.storeRevision(revisionWith("first", [record]))).rejects.toMatchObject({
      code: "REFERENCE_EXPIRED",
    });
    expect(await store.collect(new Date())).toBe(1);
    await expect(references.value(record)).rejects.toMatchObject({ code: "REFERENCE_EXPIRED" });
    await expect(plans.storeRevision(revisionWith("first", [record]))).rejects.toMatchObject({
      code: "REFERENCE_EXPIRED",
    });

    await references.create(audience([1], HOUR_MS));

    expect(await references.value(record)).toEqual([1]);
  });

  test("a reference expires by itself even where another kind keeps the same content", async () => {
    const { references } = await open();
    const short = await references.create(audience([1], -1));
    const long = await references.create({ ...audience([1], null), kind: "segment" });

    await expect(references.value(short)).rejects.toMatchObject({ code: "REFERENCE_EXPIRED" });
    expect(await references.value(long)).toEqual([1]);
  });

  test.each(FINAL)("a plan keeps its references past their expiry until it is %s", async (status) => {
    const { store, references, plans, expireAll } = await open();
    const [first, second] = [await references.create(audience([1])), await references.create(audience([2]))];
    await plans.storeRevision(revisionWith("first", [first, first]));
    await plans.storeRevision(revisionWith("second", [second]));
    await plans.change(planChange("approve", { status: "approved" }));
    await expireAll();

    expect(await store.collect(new Date())).toBe(0);
    expect([await references.value(first), await references.value(second)]).toEqual([[1], [2]]);
    await plans.change(planChange("end", { from: ["approved"], status }));

    await expect(references.value(second)).rejects.toMatchObject({ code: "REFERENCE_EXPIRED" });
    expect(await store.collect(new Date())).toBe(2);
  });

  test.each(["done", "unknown"] as const)("a plan that failed with an action %s keeps its references", async (to) => {
    const { store, references, plans, expireAll } = await open();
    const record = await references.create(audience([1]));
    const { planId } = (await plans.storeRevision(revisionWith("first", [record]))).plan;
    await plans.openLedger(planId, [{ index: 0, kind: "send", idempotencyKey: "k" }]);
    await plans.moveAction(planId, { index: 0, from: ["pending"], to });
    await expireAll();

    await plans.change(planChange("end", { status: "failed" }));

    expect(await store.collect(new Date())).toBe(0);
    expect(await references.value(record)).toEqual([1]);
  });

  test("a value that two plans hold stays until the last of them is final", async () => {
    const { store, references, plans, expireAll } = await open();
    const record = await references.create(audience([1]));
    const other = PlanId.parse("plan_2");
    await plans.storeRevision(revisionWith("first", [record]));
    await plans.storeRevision({ ...revisionWith("first", [record]), planId: other });
    await expireAll();

    await plans.change(planChange("end", { status: "rejected" }));
    expect(await store.collect(new Date())).toBe(0);
    expect(await references.value(record)).toEqual([1]);
    await plans.change(planChange("end", { planId: other, status: "rejected" }));

    expect(await store.collect(new Date())).toBe(1);
  });

  test("a conflict lets go of nothing", async () => {
    const { references, plans, expireAll } = await open();
    const record = await references.create(audience([1]));
    await plans.storeRevision(revisionWith("first", [record]));
    await expireAll();

    await plans.change(planChange("end", { from: ["executing"], status: "failed" }));

    expect(await references.value(record)).toEqual([1]);
  });

  test("a value that no longer has its hash is corrupt, and one that is gone before its time is missing", async () => {
    const { url, references } = await open();
    const record = await references.create(audience([1]));
    const other = await references.create(audience([2]));
    const content = `(select content from blobs where hash = '${other.contentHash}')`;
    await adapter.execute(url, `update blobs set content = ${content} where hash = '${record.contentHash}'`);
    await adapter.execute(url, `delete from blobs where hash = '${other.contentHash}'`);

    await expect(references.value(record)).rejects.toMatchObject({ code: "REFERENCE_CORRUPT" });
    await expect(references.value(other)).rejects.toMatchObject({ code: "REFERENCE_MISSING" });
  });

  test("a million ids are kept and come back", async () => {
    const { references } = await open();
    const ids = Array.from({ length: 1_000_000 }, (_, index) => 100_000_000 + index);

    const record = await references.create(audience(ids));

    expect(record.bytes).toBeGreaterThan(9_000_000);
    const value = await references.value(record);
    expect(JSON.stringify(value) === JSON.stringify(ids)).toBe(true);
  });

  test("many may create the same reference at once", async () => {
    const { url, references } = await open();
    const other = (await openStore(url)).in(ACME);

    const records = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? references : other.references).create(audience("same".repeat(500), null)),
      ),
    );

    expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
  });
});

function audience(value: NewReference["value"], ttlMs: number | null = HOUR_MS): NewReference {
  return { kind: "audience", value, glimpse: { size: 1 }, ttlMs };
}
