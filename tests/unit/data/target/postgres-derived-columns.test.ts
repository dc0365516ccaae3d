import { expect, test } from "vitest";
import { readPostgresNames } from "../../../../src/data/target/postgres-syntax.ts";

test.each([
  "SELECT m.f FROM (SELECT 1 AS f) m",
  "SELECT m.f FROM (SELECT t.x AS a, f FROM t) m",
  "SELECT m.f FROM (SELECT 1, 2) m(a, f)",
  "WITH m AS (SELECT 1 AS f) SELECT x.f FROM m x ORDER BY x.f",
  "WITH RECURSIVE m(f) AS (SELECT 1 UNION ALL SELECT m.f FROM m) SELECT m.f FROM m",
  "WITH a AS (SELECT 1 AS f), b AS (SELECT a.f FROM a) SELECT b.f FROM b",
  "SELECT 1 FROM t JOIN (SELECT 1 AS f) m ON m.f = 1",
  "SELECT (SELECT m.f) FROM (VALUES (1)) AS m(f)",
  "(SELECT m.f FROM (SELECT 1 AS f) m) UNION SELECT 2",
])("the column of a subquery is no function: %s", async (sql) => {
  expect(await fieldsOf(sql)).toEqual([]);
});

test.each([
  "SELECT t.f FROM t",
  "SELECT t.f FROM t, (SELECT 1 AS f) x",
  "SELECT s.t.f FROM s.t, (SELECT 1 AS f) t",
  "WITH t AS (SELECT 1 AS f) SELECT t.f FROM s.t",
  "WITH a AS (SELECT t.f FROM t), t AS (SELECT 1 AS f) SELECT 1 FROM a",
  "WITH t AS (SELECT t.f FROM t) SELECT 1 FROM t",
  "SELECT t.f FROM t WHERE EXISTS (WITH t AS (SELECT 1 AS f) SELECT 1 FROM t)",
  "SELECT 1 FROM (SELECT 1 AS f) t, LATERAL (SELECT t.f FROM t) y",
  "SELECT 1 FROM (SELECT 1 AS f) t, LATERAL (SELECT t.f) y",
  "SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM a JOIN b ON t.f = 1, (SELECT 1 AS f) t)",
  "SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM (SELECT t.f) q, (SELECT 1 AS f) t)",
  "SELECT t.f FROM (SELECT 1 AS f) AS t(id)",
  "SELECT t.f FROM (SELECT * FROM u) t",
  "SELECT t.f FROM (SELECT *, 1 AS f FROM u) AS t(a)",
  "SELECT t.f FROM (a CROSS JOIN (SELECT 1 AS f) t) AS j",
  "SELECT t.f FROM (SELECT 1 AS f) t, t()",
  "SELECT 1 FROM (SELECT 1 AS f) t, generate_series(1, t.f)",
  "SELECT 1 FROM (SELECT 1 AS f) t WHERE EXISTS (SELECT t.f FROM t)",
])("what may be a function counts as one: %s", async (sql) => {
  expect(await fieldsOf(sql)).toContain("f");
});

async function fieldsOf(sql: string): Promise<readonly string[]> {
  const names = await readPostgresNames(sql);
  if ("error" in names) throw new Error(names.error);
  return names.fields.filter((field) => field === "f");
}
