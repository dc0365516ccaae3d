import { expect, test } from "vitest";
import { findPaths } from "../../src/catalog/relations/find-paths.ts";
import type { CatalogStore } from "../../src/catalog/port.ts";
import type { CatalogEdge } from "../../src/protocol/catalog.ts";
import { durableCatalogs, edge, entry, openCatalogAt } from "./catalog-store.ts";

const reference = (from: string, to: string, column: string): CatalogEdge =>
  edge(`table:${from}`, `table:${to}`, {
    type: "references",
    origin: "declared",
    confidence: 1,
    columns: [[column, "id"]],
    cardinality: "n:1",
  });

test("finds a path through a joining table, with its columns in the direction of the walk, and warns of many to many", async () => {
  const store = await filled(
    ["students", "enrolments", "courses"],
    [reference("enrolments", "students", "student_id"), reference("enrolments", "courses", "course_id")],
  );

  const { paths } = await findPaths(store, ["table:students", "table:courses"]);

  expect(paths).toHaveLength(1);
  expect(paths[0]).toMatchObject({
    cost: 2,
    steps: [
      { from: "table:students", to: "table:enrolments", columns: [["id", "student_id"]], cardinality: "1:n" },
      { from: "table:enrolments", to: "table:courses", columns: [["course_id", "id"]], cardinality: "n:1" },
    ],
    warnings: [expect.stringContaining("fan-out: one row of table:students may meet many of table:enrolments")],
  });
});

test("two facts that share a dimension are many to many", async () => {
  const store = await filled(
    ["sales", "stores", "returns"],
    [reference("sales", "stores", "s"), reference("returns", "stores", "s")],
  );

  const { paths } = await findPaths(store, ["table:sales", "table:returns"]);

  expect(paths[0]?.warnings).toEqual([expect.stringContaining("many to many: from table:stores to table:returns")]);
});

test("prefers declared references, and says which joins are inferred", async () => {
  const store = await filled(
    ["a", "b", "c"],
    [
      edge("table:a", "table:b", { confidence: 0.7, columns: [["b_id", "id"]] }),
      reference("a", "c", "c_id"),
      edge("table:c", "table:b", { type: "derived_from" }),
      reference("a", "b", "owner_id"),
    ],
  );

  const { paths } = await findPaths(store, ["table:a", "table:b"]);

  expect(paths.map(({ cost }) => cost)).toEqual([1, 1.3]);
  expect(paths[1]?.warnings).toEqual([expect.stringContaining("inferred (confidence 0.7)")]);
});

test("goes four joins far and no further, and gives at most five ways", async () => {
  const chain = ["a", "b", "c", "d", "e", "f"];
  const links = chain.slice(1).map((to, index) => reference(chain[index] ?? "", to, "x"));
  const parallel = Array.from({ length: 8 }, (_, index) => `p${index}`);
  const store = await filled(
    [...chain, ...parallel, "z"],
    [...links, ...parallel.flatMap((p) => [reference("a", p, "x"), reference(p, "z", "x")])],
  );

  expect((await findPaths(store, ["table:a", "table:e"])).paths[0]?.steps).toHaveLength(4);
  expect((await findPaths(store, ["table:a", "table:f"])).paths).toEqual([]);
  expect((await findPaths(store, ["table:a", "table:z"])).paths).toHaveLength(5);
});

test("a table that joins everything is no way, unless asked", async () => {
  const others = Array.from({ length: 60 }, (_, index) => `t${index}`);
  const store = await filled(
    ["calendar", ...others],
    others.map((name) => reference(name, "calendar", "day")),
  );
  const ends = ["table:t1", "table:t2"] as const;

  expect(await findPaths(store, ends)).toEqual({ paths: [], hubs: ["table:calendar"] });
  expect((await findPaths(store, ends, { throughHubs: true })).paths).toHaveLength(1);
  expect((await findPaths(store, ["table:t1", "table:calendar"])).paths).toHaveLength(1);
});

test("an id that nobody knows is an error with a way on", async () => {
  const store = await filled(["a"], []);

  await expect(findPaths(store, ["table:a", "table:nope"])).rejects.toMatchObject({
    code: "CATALOG_ENTRY_UNKNOWN",
    message: expect.stringContaining("table:nope"),
  });
});

async function filled(names: readonly string[], edges: readonly CatalogEdge[]): Promise<CatalogStore> {
  const store = await openCatalogAt(durableCatalogs[0]?.newUrl() ?? expect.fail());
  await store.upsert({ entries: names.map((name) => entry(`table:${name}`)), edges });
  return store;
}
