import { expect, onTestFinished, test } from "vitest";
import { httpPlatform } from "../../examples/inventory-scenario/platform/http-platform.ts";
import { inProcessPlatform } from "../../examples/inventory-scenario/platform/in-process-platform.ts";
import type { Platform } from "../../examples/inventory-scenario/platform/platform.ts";
import { PlatformDatabase } from "../../examples/inventory-scenario/platform/platform-database.ts";
import { servePlatform } from "../../examples/inventory-scenario/platform/serve-platform.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const order = { planId: "plan-1", actionIndex: 0, productIds: ["p-1", "p-2"], quantity: 5 };
const delivery = (key: string, fence: number | null = 1): { readonly key: string; readonly fence: number | null } => ({
  key,
  fence,
});

const WAYS = ["in process", "over HTTP"] as const;

test.each(WAYS)("a repeated write is applied once, %s", async (way) => {
  const { platform, database } = await openPlatform(way);

  const first = await platform.replenish(order, delivery("k-1"));
  const second = await platform.replenish(order, delivery("k-1"));

  expect([first.replayed, second.replayed]).toEqual([false, true]);
  expect(database.stock("p-1")?.onOrder).toBe(5);
  expect(database.effects()).toMatchObject([{ idempotencyKey: "k-1", planId: "plan-1", productCount: 2 }]);
});

test.each(WAYS)("a key that comes with another write is refused, %s", async (way) => {
  const { platform, database } = await openPlatform(way);
  await platform.replenish(order, delivery("k-1"));

  await expect(platform.replenish({ ...order, quantity: 6 }, delivery("k-1"))).rejects.toMatchObject({ status: 422 });

  expect(database.stock("p-1")?.onOrder).toBe(5);
});

test.each(WAYS)("a writer that was replaced is refused, %s", async (way) => {
  const { platform, database } = await openPlatform(way);
  await platform.hold({ planId: "plan-1", actionIndex: 1, productIds: ["p-1"], holdbackUnits: 3 }, delivery("k-1", 2));

  await expect(platform.replenish(order, delivery("k-2", 1))).rejects.toMatchObject({ status: 409 });

  expect(database.stock("p-1")).toMatchObject({ onOrder: 0, held: 3 });
});

test.each(WAYS)("an unknown product stops the whole write, %s", async (way) => {
  const { platform, database } = await openPlatform(way);

  const write = platform.replenish({ ...order, productIds: ["p-1", "p-none"] }, delivery("k-1"));

  await expect(write).rejects.toMatchObject({ status: 404 });
  expect(database.stock("p-1")?.onOrder).toBe(0);
  expect(database.effects()).toEqual([]);
  expect(await platform.find("k-1")).toBeNull();
});

test("a write that committed and was cut off is found, and its repetition changes nothing", async () => {
  const { platform, database, url } = await openPlatform("over HTTP");
  await fetch(`${url}/faults`, json({ kind: "commit-then-reset" }));

  await expect(platform.replenish(order, delivery("k-1"))).rejects.toMatchObject({ retryable: true });

  expect(await platform.find("k-1")).toMatchObject({ actionIndex: 0 });
  expect((await platform.replenish(order, delivery("k-1"))).replayed).toBe(true);
  expect(database.stock("p-2")?.onOrder).toBe(5);
});

test("a platform that is busy or gone asks for another attempt", async () => {
  const { platform, url, database } = await openPlatform("over HTTP");
  await fetch(`${url}/faults`, json({ kind: "error-before" }));

  await expect(platform.replenish(order, delivery("k-1"))).rejects.toMatchObject({ retryable: true });

  const gone = httpPlatform("http://127.0.0.1:9");
  await expect(gone.replenish(order, delivery("k-1"))).rejects.toMatchObject({ retryable: true });
  expect(database.effects()).toEqual([]);
});

test.each([
  ["without a key", { "content-type": "application/json" }, order, 400],
  ["of the wrong type", { "content-type": "text/plain", "idempotency-key": "k" }, order, 415],
  ["with a negative quantity", json({}).headers, { ...order, quantity: -1 }, 400],
  ["with no product", json({}).headers, { ...order, productIds: [] }, 400],
  ["with an unknown field", json({}).headers, { ...order, price: 1 }, 400],
])("a write %s is refused", async (...[, headers, body, status]) => {
  const { url, database } = await openPlatform("over HTTP");

  const response = await fetch(`${url}/replenishments`, { method: "POST", headers, body: JSON.stringify(body) });

  expect(response.status).toBe(status);
  expect(database.effects()).toEqual([]);
});

test("the book of effects cannot be rewritten", async () => {
  const { platform, database, path } = await openPlatform("in process");
  await platform.replenish(order, delivery("k-1"));
  const { default: Database } = await import("better-sqlite3");
  const file = new Database(path);
  onTestFinished(() => void file.close());

  expect(() => file.exec("delete from applied_effects")).toThrow("append-only");
  expect(() => file.exec("update applied_effects set plan_id = 'x'")).toThrow("append-only");

  expect(database.effects()).toHaveLength(1);
});

test("the book of effects has the columns and the fields that scripts rely on", async () => {
  const { platform, path, url } = await openPlatform("over HTTP");
  await platform.replenish(order, delivery("k-1"));
  const { default: Database } = await import("better-sqlite3");
  const file = new Database(path, { readonly: true });
  onTestFinished(() => void file.close());

  const columns = file.prepare("select name from pragma_table_info('applied_effects')").pluck().all();
  const told: unknown = await (await fetch(`${url}/effects?planId=plan-1`)).json();
  const others: unknown = await (await fetch(`${url}/effects?planId=plan-2`)).json();

  expect(columns).toEqual([
    "id",
    "idempotency_key",
    "plan_id",
    "action_index",
    "kind",
    "product_count",
    "payload_hash",
    "applied_at",
  ]);
  expect(told).toEqual({
    effects: [
      {
        id: 1,
        idempotencyKey: "k-1",
        planId: "plan-1",
        actionIndex: 0,
        kind: "reorder_products",
        productCount: 2,
        payloadHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        appliedAt: expect.stringMatching(/Z$/),
      },
    ],
    next: null,
  });
  expect(others).toEqual({ effects: [], next: null });
});

test("names on the page are text, whatever they say", async () => {
  const { platform, url } = await openPlatform("over HTTP", '</td><script>alert("x")</script>');
  await platform.replenish({ ...order, planId: "<img src=x onerror=alert(1)>" }, delivery("k-1"));

  const response = await fetch(url);

  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await response.text()).not.toMatch(/<script|<img/u);
});

test("effects come page by page", async () => {
  const { platform, url } = await openPlatform("over HTTP");
  for (const index of [0, 1, 2]) await platform.replenish({ ...order, actionIndex: index }, delivery(`k-${index}`));

  const first: unknown = await (await fetch(`${url}/effects?planId=plan-1&limit=2`)).json();
  const second: unknown = await (await fetch(`${url}/effects?planId=plan-1&limit=2&after=2`)).json();

  expect(first).toMatchObject({ effects: [{ actionIndex: 0 }, { actionIndex: 1 }], next: 2 });
  expect(second).toMatchObject({ effects: [{ actionIndex: 2 }], next: null });
});

function json(body: object): {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
} {
  const headers = { "content-type": "application/json", "idempotency-key": "k" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

interface OpenPlatform {
  readonly platform: Platform;
  readonly database: PlatformDatabase;
  readonly url: string;
  readonly path: string;
}

async function openPlatform(way: (typeof WAYS)[number], name = "Water"): Promise<OpenPlatform> {
  const path = `${temporaryFolder()}/platform.db`;
  const database = new PlatformDatabase(path);
  database.stockUp([
    { id: "p-1", name },
    { id: "p-2", name: "Juice" },
  ]);
  onTestFinished(() => database.close());
  if (way === "in process") return { platform: inProcessPlatform(database), database, url: "", path };
  const served = await servePlatform(database, { port: 0, faults: true });
  onTestFinished(() => served.close());
  return { platform: httpPlatform(served.url), database, url: served.url, path };
}
