import { once } from "node:events";
import { fork } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openCatalogSearch, type CatalogSearch } from "../../src/catalog/search/catalog-search.ts";
import type { CatalogStore } from "../../src/catalog/port.ts";
import type { CatalogEntry, CatalogScope } from "../../src/protocol/catalog.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { SCOPE, durableCatalogs, entry, openCatalogAt, openSource } from "./catalog-store.ts";

const SHOP = { databaseId: "shop" };
const ENTRIES: readonly CatalogEntry[] = [
  entry("table:shop.main.orders", {
    name: "orders",
    content: "What customers bought.",
    metadata: SHOP,
    related: ["table:shop.main.customers"],
  }),
  entry("column:shop.main.orders.total_amount", {
    name: "total_amount",
    content: "In cents.",
    metadata: { ...SHOP, dataType: "integer" },
  }),
  entry("column:shop.main.orders.customerId", { name: "customerId", metadata: { ...SHOP, dataType: "integer" } }),
  entry("table:shop.main.customers", { name: "customers", metadata: SHOP }),
  entry("column:shop.main.customers.email", {
    name: "email",
    metadata: { ...SHOP, dataType: "text", sampleValues: ["ada@example.org"] },
  }),
  entry("table:f1.main.constructors", { name: "constructors", metadata: { databaseId: "f1" } }),
  entry("column:f1.main.constructors.constructor", { name: "constructor", metadata: { databaseId: "f1" } }),
  entry("document:aa", { name: "Returns policy" }),
  entry("chunk:aa#1", { name: "Refunds", content: "Money goes back within fourteen days of the return." }),
  entry("knowledge:aa#churn", { name: "Churn", content: "Customers who did not come back within a year." }),
];

test("finds tables by name, column, description and value, and says why", async () => {
  const { search } = await built(ENTRIES);

  const [byColumn] = await search.search("order total amounts");
  const [byValue] = await search.search("ada");

  expect(byColumn).toMatchObject({
    id: "table:shop.main.orders",
    itemType: "table",
    why: [
      { field: "name", words: ["order"] },
      { field: "columns", words: ["amounts"] },
    ],
    columnCount: 2,
    snippet: "What customers bought.",
  });
  expect(byColumn?.columns).toContainEqual({ name: "total_amount", type: "integer", description: "In cents." });
  expect(byValue).toMatchObject({ id: "table:shop.main.customers", why: [{ field: "values", words: ["ada"] }] });
});

test("finds columns when they are asked for", async () => {
  const { search } = await built(ENTRIES);

  const hits = await search.search("customer", { itemTypes: ["column"] });

  expect(hits[0]).toMatchObject({ id: "column:shop.main.orders.customerId", itemType: "column" });
  expect(hits.every(({ itemType }) => itemType === "column")).toBe(true);
});

test("finds documents by their pieces, and knowledge", async () => {
  const { search } = await built(ENTRIES);

  expect((await search.search("when is money refunded"))[0]).toMatchObject({
    id: "document:aa",
    itemType: "document",
    name: "Returns policy",
    snippet: expect.stringContaining("fourteen days"),
  });
  expect((await search.search("churn", { itemTypes: ["knowledge"] }))[0]?.id).toBe("knowledge:aa#churn");
});

test("a misspelled word finds what is spelled alike", async () => {
  const { search } = await built(ENTRIES);

  expect((await search.search("custommers"))[0]?.id).toBe("table:shop.main.customers");
});

test.each([
  ["constructor", "table:f1.main.constructors"],
  ['orders AND NOT "x', "table:shop.main.orders"],
  ["NEAR(orders customers, 2) *", "table:shop.main.orders"],
  ["orders' ; drop table documents; --", "table:shop.main.orders"],
  ["\u{1f600} orders \ud800", "table:shop.main.orders"],
  ["^orders* {name}:orders", "table:shop.main.orders"],
])("the query %j is only words", async (query, first) => {
  const { search } = await built(ENTRIES);

  const hits = await search.search(query);

  expect(hits.slice(0, 2).map(({ id }) => id)).toContain(first);
});

test.each(["", "   ", "\u{1f600}", "__proto__ toString", "zzzzqqqq", "the of and"])(
  "the query %j finds nothing and is no error",
  async (query) => {
    const { search } = await built(ENTRIES);

    expect(await search.search(query)).toEqual([]);
  },
);

test("a query of ten thousand characters is answered", async () => {
  const { search } = await built(ENTRIES);

  const hits = await search.search(`orders ${"x".repeat(5_000)} ${"lorem ipsum ".repeat(500)}`, { limit: 1 });

  expect(hits.map(({ id }) => id)).toEqual(["table:shop.main.orders"]);
});

test("an index that is missing, stale, damaged or another workspace's is an error with the command", async () => {
  const { search, store, path, url } = await built(ENTRIES);
  const other = open(path, await openCatalogAt(url, OTHER), OTHER);
  await expect(other.search("orders")).rejects.toMatchObject({ code: "INDEX_MISSING" });

  await store.upsert({ entries: [entry("table:new")] });
  await expect(search.search("orders")).rejects.toMatchObject({
    code: "INDEX_STALE",
    hint: expect.stringContaining("bridle data catalog index rebuild"),
  });

  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  await expect(search.search("orders")).rejects.toMatchObject({
    code: "INDEX_MISSING",
    hint: expect.stringContaining("bridle data catalog index rebuild"),
  });

  writeFileSync(path, "this is no index".repeat(1_000));
  await expect(search.search("orders")).rejects.toMatchObject({ code: "INDEX_CORRUPT" });
  await search.rebuild();
  expect((await search.search("orders")).length).toBeGreaterThan(0);
});

test("two workspaces share an index file and never see each other", async () => {
  const { search, path, url } = await built(ENTRIES);
  const theirs = await openCatalogAt(url, OTHER);
  await theirs.upsert({ entries: [entry("table:secret.main.orders", { name: "orders" })] });
  const other = open(path, theirs, OTHER);
  await other.rebuild();
  await search.rebuild();

  expect((await other.search("orders customers custmers")).map(({ id }) => id)).toEqual(["table:secret.main.orders"]);
  expect((await search.search("orders")).map(({ id }) => id)).not.toContain("table:secret.main.orders");
});

test("following a write gives what a rebuild gives", async () => {
  const { search, store } = await built(ENTRIES);
  await store.upsert({
    entries: [
      entry("column:shop.main.orders.voucher", { name: "voucher", metadata: SHOP }),
      entry("table:shop.main.refunds", { name: "refunds", metadata: SHOP, related: ["table:shop.main.orders"] }),
      entry("column:shop.main.refunds.reason", { name: "reason", metadata: SHOP }),
    ],
  });
  await store.remove(["table:f1.main.constructors", "column:shop.main.orders.total_amount"]);

  await search.follow();

  const [followed, byVoucher] = [await search.search("orders refunded for a reason"), await search.search("voucher")];
  expect(byVoucher[0]?.id).toBe("table:shop.main.orders");
  expect(byVoucher[0]?.columns.map(({ name }) => name).sort()).toEqual(["customerId", "voucher"]);
  expect(await search.search("constructor")).toEqual([]);
  await search.rebuild();
  const rebuilt = await search.search("orders refunded for a reason");
  expect(rebuilt.map(({ id }) => id)).toEqual(followed.map(({ id }) => id));
});

test("the old index serves until the new one is whole, also in another process", async () => {
  const { search, path, url } = await built(ENTRIES);
  const child = fork(new URL("../helpers/search-process.ts", import.meta.url), [url, path], { stdio: "inherit" });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child, "message");

  for (let round = 0; round < 20; round++) await search.rebuild();
  child.send("stop");
  const [report] = await once(child, "message");

  expect(report).toMatchObject({ errors: [], wrong: 0 });
  expect((report as { readonly searches: number }).searches).toBeGreaterThan(0);
});

const OTHER: CatalogScope = { tenantId: "acme", workspaceId: "other" };

function open(path: string, store: CatalogStore, scope: CatalogScope): CatalogSearch {
  const search = openCatalogSearch(path, store, scope);
  onTestFinished(() => search.close());
  return search;
}

interface Built {
  readonly search: CatalogSearch;
  readonly store: CatalogStore;
  readonly path: string;
  readonly url: string;
}

async function built(entries: readonly CatalogEntry[]): Promise<Built> {
  const url = durableCatalogs[0]?.newUrl() ?? expect.fail();
  const store = await openCatalogAt(url);
  await store.upsert({ entries });
  const path = join(temporaryFolder(), "search.db");
  const search = open(path, store, SCOPE);
  await search.rebuild();
  return { search, store, path, url };
}

test("an inline catalog is searched like a durable one", async () => {
  const store = await openSource({ kind: "inline", entries: ENTRIES });
  const search = open(join(temporaryFolder(), "search.db"), store, SCOPE);
  await search.follow();

  expect((await search.search("customer email"))[0]?.id).toBe("table:shop.main.customers");
});
