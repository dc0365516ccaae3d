import { describe, expect, test } from "vitest";
import { openCatalogStore } from "../../src/catalog/open-catalog-store.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import {
  SCOPE,
  durableCatalogs,
  edge,
  entry,
  filledCatalogs,
  kindOf,
  openCatalogAt,
  openSource,
  readWhole,
} from "./catalog-store.ts";

const ORDERS = entry("table:shop.main.orders", {
  content: "What customers bought.",
  related: [
    "schema:shop.main",
    { id: "table:shop.main.customers", type: "references", columns: [["customer_id", "id"]] },
  ],
});
const CUSTOMERS = entry("table:shop.main.customers", { tags: ["people"], metadata: { rowCount: 3 } });
const TOTAL = entry("column:shop.main.orders.total", { related: ["table:shop.main.orders"] });
const GLOSSARY = entry("document:0123", { related: ["table:shop.main.orders"] });
const ALL = [ORDERS, CUSTOMERS, TOTAL, GLOSSARY];

describe.each(filledCatalogs)("a catalog that is $name", ({ open }) => {
  test("gives entries in the order asked for and leaves unknown ids out", async () => {
    const store = await open(ALL);

    expect(await store.entries([TOTAL.id, "table:none", ORDERS.id, TOTAL.id])).toEqual([TOTAL, ORDERS, TOTAL]);
    expect(await store.entries([])).toEqual([]);
  });

  test("lists in the order of ids, by type, by prefix and page by page", async () => {
    const store = await open(ALL);

    const whole = await readWhole(store, 1);

    expect(whole.entries).toEqual([TOTAL, GLOSSARY, CUSTOMERS, ORDERS]);
    expect((await store.list({ itemTypes: ["table"] })).entries).toEqual([CUSTOMERS, ORDERS]);
    expect((await store.list({ idPrefix: "table:shop.main.o" })).entries).toEqual([ORDERS]);
    expect(await store.list({ limit: 3 })).toMatchObject({ next: CUSTOMERS.id });
    expect(await store.list({ limit: 4 })).toMatchObject({ next: null });
  });

  test("orders ids by code point, not by language or by UTF-16", async () => {
    const ids = ["table:a", "table:B", "table:ä", "table:\u{1f600}", "table:\uffee", "table:Z"];

    const store = await open(ids.map((id) => entry(id)));

    const { entries } = await readWhole(store, 2);
    expect(entries.map(({ id }) => id)).toEqual([
      "table:B",
      "table:Z",
      "table:a",
      "table:ä",
      "table:\uffee",
      "table:\u{1f600}",
    ]);
  });

  test("an entry's related are edges: typed ones as they say, bare ids as such entries usually relate", async () => {
    const store = await open(ALL);

    const edges = await store.edges([ORDERS.id]);

    expect(edges).toHaveLength(4);
    expect(edges).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ from: "schema:shop.main", to: ORDERS.id, type: "contains" }),
        expect.objectContaining({
          from: ORDERS.id,
          to: CUSTOMERS.id,
          type: "references",
          columns: [["customer_id", "id"]],
        }),
        expect.objectContaining({ from: ORDERS.id, to: TOTAL.id, type: "contains" }),
        expect.objectContaining({ from: GLOSSARY.id, to: ORDERS.id, type: "documents", origin: "authored" }),
      ]),
    );
    expect((await readWhole(store, 1)).edges).toHaveLength(4);
    expect(await store.edges(["table:none"])).toEqual([]);
  });

  test("text comes back as it was written, whatever it holds", async () => {
    const hostile = entry("table:'; drop table catalog_entries; --", {
      name: "</script><img src=x onerror=alert(1)>",
      content: "NUL \u0000, quote \" ' and emoji \u{1f9ec}",
      metadata: { constructor: "Formula 1", __proto__x: [1, null] },
    });

    const store = await open([hostile]);

    expect(await store.entries([hostile.id])).toEqual([hostile]);
  });

  test("refuses an id that no database could give back", async () => {
    await expect(open([entry("table:a\u0000b")])).rejects.toMatchObject({ code: "CATALOG_ENTRY_INVALID" });
    await expect(open([entry("table:\ud800")])).rejects.toMatchObject({ code: "CATALOG_ENTRY_INVALID" });
  });
});

test.each(["inline", "empty"] as const)(
  "an %s catalog cannot be written and says how to get one that can",
  async (kind) => {
    const store = await openSource(kind === "inline" ? { kind, entries: ALL } : { kind });

    expect(store.isWritable).toBe(false);
    for (const write of [store.upsert({ entries: ALL }), store.remove([ORDERS.id])])
      await expect(write).rejects.toMatchObject({ code: "CATALOG_READ_ONLY", hint: expect.stringContaining("sqlite") });
    expect((await readWhole(store)).entries).toHaveLength(kind === "inline" ? 4 : 0);
    expect(await store.changedSince(await store.revision(), 10)).toEqual([]);
    expect(await store.changedSince("other", 10)).toBeNull();
  },
);

describe.each(durableCatalogs)("a durable catalog in $name", (adapter) => {
  test("writes only what changed and says so", async () => {
    const store = await openCatalogAt(adapter.newUrl());
    const first = await store.upsert({ entries: ALL, edges: [edge(ORDERS.id, CUSTOMERS.id)] });
    const revision = await store.revision();

    const second = await store.upsert({ entries: ALL, edges: [edge(ORDERS.id, CUSTOMERS.id)] });

    expect(first).toEqual({ written: 4, unchanged: 0, edges: 1 });
    expect(second).toEqual({ written: 0, unchanged: 4, edges: 0 });
    expect(await store.revision()).toBe(revision);
    expect(await store.upsert({ entries: [{ ...TOTAL, content: "In cents." }, CUSTOMERS] })).toMatchObject({
      written: 1,
      unchanged: 1,
    });
    expect(await store.revision()).not.toBe(revision);
  });

  test("tells what changed since a revision, edges and removals too", async () => {
    const store = await openCatalogAt(adapter.newUrl());
    const empty = await store.revision();
    await store.upsert({ entries: [CUSTOMERS] });
    const one = await store.revision();
    await store.upsert({ entries: [TOTAL] });
    await store.upsert({ entries: [], edges: [edge("table:a", "table:b")] });
    await store.remove([CUSTOMERS.id]);

    expect(await store.changedSince(one, 10)).toEqual(
      expect.arrayContaining([TOTAL.id, ORDERS.id, "table:a", "table:b", CUSTOMERS.id]),
    );
    expect(await store.changedSince(empty, 10)).toHaveLength(5);
    expect(await store.changedSince(one, 4)).toBeNull();
    expect(await store.changedSince(await store.revision(), 10)).toEqual([]);
    expect(await store.changedSince("0123456789abcdef.1", 10)).toBeNull();
  });

  test("replaces the edges of an origin and leaves the others", async () => {
    const store = await openCatalogAt(adapter.newUrl());
    const declared = edge("table:a", "table:b", { type: "references", origin: "declared", confidence: 1 });
    await store.upsert({ entries: [], edges: [declared, edge("table:a", "table:c"), edge("table:x", "table:c")] });

    const counts = await store.upsert({
      entries: [],
      edges: [edge("table:a", "table:d", { evidence: { containment: 1 } })],
      replaceEdges: { from: ["table:a"], origins: ["inferred"] },
    });

    expect(counts.edges).toBe(1);
    const { edges } = await readWhole(store);
    expect(edges.map(({ from, to }) => `${from} ${to}`).sort()).toEqual([
      "table:a table:b",
      "table:a table:d",
      "table:x table:c",
    ]);
  });

  test("an entry that changes takes along the edges it carried, not those written by themselves", async () => {
    const store = await openCatalogAt(adapter.newUrl());
    const written = edge(ORDERS.id, CUSTOMERS.id, {
      type: "references",
      columns: [["customer_id", "id"]],
      origin: "declared",
    });
    await store.upsert({ entries: [ORDERS], edges: [written] });
    expect((await store.edges([CUSTOMERS.id])).map(({ origin }) => origin)).toEqual(["declared"]);

    await store.upsert({ entries: [{ ...ORDERS, related: [] }] });

    expect((await readWhole(store)).edges).toEqual([written]);
  });

  test("removing a table removes its columns and every edge at them", async () => {
    const store = await openCatalogAt(adapter.newUrl());
    const opaque = entry("column:total", { related: [ORDERS.id] });
    const near = entry("column:shop.main.orders_archive.total");
    await store.upsert({ entries: [...ALL, opaque, near], edges: [edge(CUSTOMERS.id, ORDERS.id)] });

    expect(await store.remove([ORDERS.id, "table:none"])).toBe(3);

    const { entries } = await readWhole(store);
    expect(entries.map(({ id }) => id)).toEqual([near.id, GLOSSARY.id, CUSTOMERS.id]);
    expect((await store.edges([CUSTOMERS.id])).length).toBe(0);
  });

  test("removing a document removes its chunks and what was drawn from it", async () => {
    const store = await openCatalogAt(adapter.newUrl());
    const parts = ["document:aa", "chunk:aa#1", "chunk:document:aa#2", "knowledge:aa#net-revenue", "chunk:aab#1"];
    await store.upsert({ entries: parts.map((id) => entry(id)) });

    expect(await store.remove(["document:aa"])).toBe(4);
    expect((await readWhole(store)).entries.map(({ id }) => id)).toEqual(["chunk:aab#1"]);
  });

  test("two processes that write at once lose nothing", async () => {
    const url = adapter.newUrl();
    const [store, other] = await Promise.all([openCatalogAt(url), openCatalogAt(url)]);

    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : other).upsert({ entries: [entry(`table:t${index}`)] }),
      ),
    );

    expect((await readWhole(store)).entries).toHaveLength(20);
    expect((await store.changedSince("unwritten", 100))?.length).toBe(20);
  });

  test("a catalog that lost its last writes knows the revisions it has, and none of those it lost", async () => {
    const url = adapter.newUrl();
    const store = await openCatalogAt(url);
    await store.upsert({ entries: [ORDERS] });
    const kept = await store.revision();
    await store.upsert({ entries: [CUSTOMERS] });
    const lost = await store.revision();
    // As after a power cut, or with a backup put in place.
    await adapter.execute(url, "update catalog_revisions set revision = 1");
    await adapter.execute(url, `delete from catalog_entries where id = '${CUSTOMERS.id}'`);
    await adapter.execute(url, "delete from catalog_changes where revision > 1");
    const later = await openCatalogAt(url);

    expect(await later.changedSince(lost, 10)).toBeNull();
    await later.upsert({ entries: [entry("table:other")] });
    expect(await later.revision()).not.toBe(lost);
    expect(await later.changedSince(lost, 10)).toBeNull();
    expect(await later.changedSince(kept, 10)).toEqual(["table:other"]);
  });

  test("two stores that write in turns know each other's revisions", async () => {
    const url = adapter.newUrl();
    const [store, other] = await Promise.all([openCatalogAt(url), openCatalogAt(url)]);
    const revisions: string[] = [];
    for (let index = 0; index < 6; index++) {
      await (index % 3 === 0 ? store : other).upsert({ entries: [entry(`table:t${index}`)] });
      revisions.push(await store.revision());
    }

    const behind = await Promise.all(revisions.map((revision) => other.changedSince(revision, 10)));
    expect(behind.map((ids) => ids?.length)).toEqual([5, 4, 3, 2, 1, 0]);
  });

  test("the edges of one entry cost the same among thirty thousand as among few", async () => {
    const medians = [];
    for (const count of [30, 30_000]) {
      const url = adapter.newUrl();
      const store = await openCatalogAt(url);
      const edges = Array.from({ length: count }, (_, index) => edge(`table:a${index}`, `table:b${index}`));
      await store.upsert({ entries: [ORDERS], edges });
      // Postgres does so by itself within a minute; SQLite never does.
      if (adapter.name === "postgres") await adapter.execute(url, "analyze catalog_edges");
      const times: number[] = [];
      for (let index = 0; index < 21; index++) {
        const start = performance.now();
        const from = `table:a${index}`;
        expect(await store.edges([from])).toHaveLength(1);
        await store.upsert({
          entries: [],
          edges: [edge(from, "table:c")],
          replaceEdges: { from: [from], origins: ["inferred"] },
        });
        await store.remove([from]);
        times.push(performance.now() - start);
      }
      medians.push(times.sort((a, b) => a - b)[10] ?? 0);
    }

    const [few = 0, many = 0] = medians;
    expect(many / few).toBeLessThan(8);
  });

  test("without ensure_schema a place without a catalog is refused and left alone", async () => {
    const url = adapter.newUrl();
    const source = { kind: kindOf(url), url, ensureSchema: false } as const;

    await expect(openCatalogStore(source, SCOPE)).rejects.toMatchObject({
      code: "CATALOG_MISSING",
      message: expect.stringContaining("expected a catalog, found none"),
    });
    await openCatalogAt(url);
    expect((await readWhole(await openSource(source))).entries).toEqual([]);
  });

  test("a catalog of a later version is not touched", async () => {
    const url = adapter.newUrl();
    await openCatalogAt(url);
    await adapter.execute(url, "insert into catalog_migrations values (99, 'later', 'now')");

    await expect(openCatalogAt(url)).rejects.toMatchObject({ code: "STORE_NEWER" });
  });

  test("ten thousand entries go in and out again", async () => {
    const store = await openCatalogAt(adapter.newUrl());
    const entries = Array.from({ length: 10_000 }, (_, index) => entry(`table:t${String(index).padStart(5, "0")}`));

    expect(await store.upsert({ entries })).toMatchObject({ written: 10_000 });
    expect(await store.entries(entries.map(({ id }) => id))).toEqual(entries);
    expect(await store.remove(entries.map(({ id }) => id))).toBe(10_000);
  });
});

test("a catalog shares its file with tables of others", async () => {
  const sqlite = durableCatalogs[0] ?? expect.fail();
  const url = sqlite.newUrl();
  const first = await openCatalogAt(url);
  await first.upsert({ entries: [ORDERS] });
  await sqlite.execute(url, "create table orders(id integer); insert into orders values (1)");

  const again = await openCatalogAt(url);

  expect((await again.entries([ORDERS.id])).length).toBe(1);
});

test("a file that is no database, and a folder, are told as such", async () => {
  const folder = temporaryFolder();
  const { writeFileSync } = await import("node:fs");
  writeFileSync(`${folder}/text.db`, "this is no database, it only has a name like one".repeat(100));

  await expect(openCatalogAt(`sqlite:${folder}/text.db`)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  await expect(openCatalogAt(`sqlite:${folder}`)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await expect(openSource({ kind: "sqlite", url: "postgres://x", ensureSchema: true })).rejects.toMatchObject({
    code: "INPUT_INVALID",
  });
});
