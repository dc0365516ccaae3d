import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type CatalogSearch, openCatalogSearch } from "../../src/catalog/search/catalog-search.ts";
import { openCatalog } from "../../src/data-access.ts";
import type { CatalogStore } from "../../src/catalog/port.ts";
import type { CatalogEntry, ItemType } from "../../src/protocol/catalog.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";
import { type SeededRandom, seededRandom } from "../helpers/seeded-random.ts";
import { indexContents } from "../helpers/index-contents.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { SCOPE, durableCatalogs, edge, entry, openCatalogAt } from "./catalog-store.ts";

const WORDS = ["orders", "customers", "amount", "region", "status", "Zürich", "顧客", "x1"] as const;
const COLUMN_TYPES: readonly ItemType[] = ["column"];

test.each([1, 2, 3])("changes that are taken back leave every search as it was (seed %i)", async (seed) => {
  const random = seededRandom(seed);
  const entries = Array.from({ length: 12 }, (_, index) => tableWithColumns(`shop.main.t${index}`, random)).flat();
  entries.push(entry("document:d", { name: "Guide" }), entry("chunk:d#1", { name: "Amounts", content: "By region." }));
  const edges = [edge("table:shop.main.t1", "table:shop.main.t2"), edge("table:shop.main.t3", "table:shop.main.t4")];
  const { store, search } = await built(entries, edges);
  const before = await allHits(search);

  for (let step = 0; step < 25; step++) {
    const some = Array.from({ length: 1 + random.below(4) }, () => entries[random.below(entries.length)] ?? fail());
    if (random.below(3) === 0) await store.remove(some.map(({ id }) => id));
    else await store.upsert({ entries: some.map((one) => ({ ...one, content: sentence(random), tags: ["new"] })) });
    if (random.below(2) === 0) await search.follow();
  }
  await search.follow();
  const between = await allHits(search);
  for (const one of shuffled(entries, random)) {
    await store.upsert({ entries: [one] });
    if (random.below(3) === 0) await search.follow();
  }
  await store.upsert({ entries: [], edges });
  await search.follow();

  expect(between).not.toEqual(before);
  expect(await allHits(search)).toEqual(before);
});

test("a table shows the columns that were written before it, and a document its pieces", async () => {
  const { store, search } = await built([entry("table:other", { name: "other" })]);
  await store.upsert({
    entries: [entry("column:late.total", { name: "total" }), entry("chunk:d#1", { name: "Refunds" })],
  });
  await search.follow();
  await store.upsert({ entries: [entry("table:late", { name: "late" }), entry("document:d", { name: "Returns" })] });
  await search.follow();
  await store.upsert({ entries: [entry("table:late", { name: "late", content: "Again." })] });
  await search.follow();

  expect((await search.search("total"))[0]).toMatchObject({ id: "table:late", columns: [{ name: "total" }] });
  expect((await search.search("refunds"))[0]).toMatchObject({ id: "document:d", name: "Returns" });
});

test("an entry that becomes a column is found among the columns only", async () => {
  const { store, search } = await built([entry("metric:churn", { name: "churn" })]);

  await store.upsert({ entries: [entry("metric:churn", { name: "churn", itemType: "column" })] });
  await search.follow();

  expect(await search.search("churn")).toEqual([]);
  expect((await search.search("churn", { itemTypes: COLUMN_TYPES })).map(({ id }) => id)).toEqual(["metric:churn"]);
});

test("a table that joins with nothing any more lifts no other", async () => {
  const { store, search } = await built(
    [entry("table:orders", { name: "orders" }), entry("table:people", { name: "people" })],
    [edge("table:orders", "table:people")],
  );
  expect((await search.search("orders")).map(({ id }) => id)).toEqual(["table:orders", "table:people"]);

  await store.upsert({ entries: [], edges: [], replaceEdges: { from: ["table:orders"], origins: ["inferred"] } });
  await search.follow();

  expect((await search.search("orders")).map(({ id }) => id)).toEqual(["table:orders"]);
});

test("fifty writers that search at once find what they wrote, and build nothing anew", async () => {
  const folder = temporaryFolder();
  const environment = {
    catalog: { kind: "sqlite", url: `sqlite:${join(folder, "catalog.db")}` },
    catalog_search: { index_path: join(folder, "search.db"), write_through: true },
  };
  const catalog = await openCatalog(environment, { tenantId: "acme" });
  onTestFinished(() => catalog.close());
  await catalog.rebuildIndex();

  const found = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await catalog.upsert({ entries: [entry(`table:t${index}`, { name: `sheet ${100 + index}` })] });
      return (await catalog.search(`sheet ${100 + index}`))[0]?.id;
    }),
  );

  expect(found).toEqual(Array.from({ length: 50 }, (_, index) => `table:t${index}`));
  expect(generationCount(join(folder, "search.db"))).toBe(1);
});

test("a thousand changes are followed in pieces and leave what a rebuild leaves", async () => {
  const random = seededRandom(7);
  const tables = Array.from({ length: 600 }, (_, index) => tableWithColumns(`shop.main.t${index}`, random));
  const { store, search, path } = await built(tables.flat());
  const generation = generationCount(path);
  const changed = tables.slice(0, 350).flat();
  await store.upsert({ entries: changed.map((one) => ({ ...one, content: sentence(random) })) });
  await store.remove(tables.slice(350, 370).map(([table]) => table?.id ?? fail()));
  await search.follow();

  expect(generationCount(path)).toBe(generation);
  const followed = indexContents(path, SCOPE);
  expect(followed.misfits).toEqual([]);
  await search.rebuild();
  expect(followed.documents).toEqual(indexContents(path, SCOPE).documents);
});

test("what is written while an index is built anew is found when that is done", async () => {
  const { store, search } = await built([entry("table:orders", { name: "orders" })]);

  const rebuilding = search.rebuild();
  await store.upsert({ entries: [entry("table:meanwhile", { name: "meanwhile" })] });
  await search.follow();
  await rebuilding;

  expect((await search.search("meanwhile"))[0]?.id).toBe("table:meanwhile");
});

test("an index that is ahead of a catalog that lost its last writes is stale, and built anew", async () => {
  const folder = temporaryFolder();
  const [file, lost, path] = [join(folder, "catalog.db"), join(folder, "kept.db"), join(folder, "search.db")];
  const before = await openCatalogAt(`sqlite:${file}`);
  await before.upsert({ entries: [entry("table:kept", { name: "kept" })] });
  await before.close();
  copyFileSync(file, lost);
  const store = await openCatalogAt(`sqlite:${file}`);
  await store.upsert({ entries: [entry("table:lost", { name: "lost" })] });
  const search = openCatalogSearch(path, store, SCOPE);
  await search.rebuild();
  search.close();
  await store.close();
  for (const suffix of ["-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
  copyFileSync(lost, file);

  const after = await openCatalogAt(`sqlite:${file}`);
  const again = openCatalogSearch(path, after, SCOPE);
  onTestFinished(() => again.close());
  await expect(again.search("lost")).rejects.toMatchObject({ code: "INDEX_STALE" });
  await after.upsert({ entries: [entry("table:later", { name: "later" })] });
  await expect(again.search("lost")).rejects.toMatchObject({ code: "INDEX_STALE" });
  await again.follow();

  expect(await again.search("lost")).toEqual([]);
  expect((await again.search("later"))[0]?.id).toBe("table:later");
});

function generationCount(path: string): unknown {
  const index = openDatabase(path, { readonly: true });
  try {
    return index.prepare("select max(generation) from generations").pluck().get();
  } finally {
    index.close();
  }
}

function tableWithColumns(place: string, random: SeededRandom): readonly CatalogEntry[] {
  const metadata = { databaseId: place.slice(0, 4) };
  const columns = [...new Set([random.pick(WORDS), random.pick(WORDS), random.pick(WORDS)])];
  return [
    entry(`table:${place}`, { name: `${random.pick(WORDS)}_${place.slice(-1)}`, content: sentence(random), metadata }),
    ...columns.map((name) => entry(`column:${place}.${name}`, { name, content: sentence(random), metadata })),
  ];
}

function sentence(random: SeededRandom): string {
  return Array.from({ length: random.below(6) }, () => random.pick(WORDS)).join(" ");
}

function shuffled(entries: readonly CatalogEntry[], random: SeededRandom): readonly CatalogEntry[] {
  const keys = new Map(entries.map((one) => [one, random.below(1_000_000)]));
  return entries.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
}

/** Every hit of every word, in an order that does not depend on when a document was written. */
async function allHits(search: CatalogSearch): Promise<unknown> {
  const all = [];
  for (const query of [...WORDS, "new", "orders by customers in Zürich", "guide to amounts"]) {
    for (const options of [{ limit: 50 }, { limit: 50, itemTypes: COLUMN_TYPES }]) {
      const hits = await search.search(query, options);
      all.push({ query, hits: hits.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)) });
    }
  }
  return all;
}

async function built(
  entries: readonly CatalogEntry[],
  edges: readonly ReturnType<typeof edge>[] = [],
): Promise<{ readonly store: CatalogStore; readonly search: CatalogSearch; readonly path: string }> {
  const store = await openCatalogAt(durableCatalogs[0]?.newUrl() ?? fail());
  await store.upsert({ entries, edges });
  const path = join(temporaryFolder(), "search.db");
  const search = openCatalogSearch(path, store, SCOPE);
  onTestFinished(() => search.close());
  await search.rebuild();
  return { store, search, path };
}

function fail(): never {
  throw new Error("there must be one");
}
