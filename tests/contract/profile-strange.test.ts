import { closeSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { openProfileReader } from "../../src/data/profile/open-profile-reader.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import {
  contentOf,
  metadataOf,
  newCatalog,
  postgresTarget,
  profile,
  profileTargets,
  sqliteTarget,
} from "./profile-lab.ts";

const SCRIPT = "</script><img src=x onerror=alert(1)>";

describe.each(profileTargets)("$name", ({ open }) => {
  test("names may hold anything, and tables nothing", async () => {
    const target = await open();
    await target.execute(
      `CREATE TABLE "${SCRIPT}" (id INTEGER PRIMARY KEY, "constructor" TEXT, "__proto__" TEXT, "a.b:c#d%e" TEXT)`,
      `INSERT INTO "${SCRIPT}" VALUES (1, 'x', 'y', 'z')`,
      `CREATE TABLE "quote""d" ("select" INTEGER)`,
      "CREATE TABLE empty (id INTEGER, created TIMESTAMP)",
    );
    const catalog = await newCatalog();

    const summary = await profile(target, catalog);

    expect(summary.tables).toMatchObject({ written: 3, failed: 0 });
    const id = `shop.${target.schema}.</script><img src=x onerror=alert(1)>`;
    expect(await metadataOf(catalog, `table:${id}`)).toMatchObject({ rowCount: 1, columnCount: 4 });
    expect(await metadataOf(catalog, `column:${id}.constructor`)).toMatchObject({ sampleValues: ["x"] });
    expect(await metadataOf(catalog, `column:${id}.__proto__`)).toMatchObject({ sampleValues: ["y"] });
    expect(await metadataOf(catalog, `column:${id}.a%2Eb%3Ac%23d%25e`)).toMatchObject({ columnName: "a.b:c#d%e" });
    const empty = await metadataOf(catalog, `table:shop.${target.schema}.empty`);
    expect(empty).toMatchObject({ rowCount: 0, stats: { rowCount: { value: 0, method: "exact" } }, freshness: null });
  });

  test("numbers that a double cannot hold, and long or wide texts, are told as they are", async () => {
    const target = await open();
    const [text, long] = ["\u{1F600}\u{1F600}", "é".repeat(1_500)];
    await target.execute(
      "CREATE TABLE wide (id INTEGER PRIMARY KEY, big BIGINT, texts TEXT)",
      `INSERT INTO wide VALUES (1, 9007199254740993, '${text}'), (2, 9007199254740995, '${text}'), (3, 9007199254740992, '${text}'),
        (4, 9007199254740994, '${long}')`,
    );
    const catalog = await newCatalog();

    await profile(target, catalog);

    const table = `column:shop.${target.schema}.wide`;
    const { stats: big } = await metadataOf(catalog, `${table}.big`);
    expect(big).toMatchObject({
      min: { value: "9007199254740992", method: "exact" },
      max: { value: "9007199254740995", method: "exact" },
      distinct: { value: 4, method: "exact" },
    });
    expect(big).not.toHaveProperty("quartiles");
    const { stats: texts } = await metadataOf(catalog, `${table}.texts`);
    expect(texts).toMatchObject({
      minLength: { value: 2, method: "exact" },
      maxLength: { value: 1_500, method: "exact" },
      distinct: { value: 2, method: "exact" },
    });
  });

  test("the engine's own smallest and largest are told as they are", async () => {
    const target = await open();
    await target.execute(
      "CREATE TABLE long (id INTEGER PRIMARY KEY, big BIGINT)",
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
        INSERT INTO long SELECT i, 9007199254740993 + i FROM n`,
    );
    const catalog = await newCatalog();

    await profile(target, catalog, { options: { sampleRows: 50, isExact: true } });

    expect(await metadataOf(catalog, `column:shop.${target.schema}.long.big`)).toMatchObject({
      stats: {
        min: { value: "9007199254740993", method: "exact" },
        max: { value: "9007199254741492", method: "exact" },
      },
    });
  });

  test("dated tables of one shape are one family, unless one of them is named", async () => {
    const target = await open();
    await target.execute(
      ...["01", "02", "03"].flatMap((month) => [
        `CREATE TABLE events_2025${month} (id INTEGER PRIMARY KEY, kind TEXT)`,
        `INSERT INTO events_2025${month} VALUES (1, 'open ${month}')`,
      ]),
    );
    const [folded, named] = [await newCatalog(), await newCatalog()];

    await profile(target, folded);
    await profile(target, named, { options: { tables: ["events_202502"] } });

    const ids = (await contentOf(folded)).entries.filter(({ itemType }) => itemType === "table").map(({ id }) => id);
    expect(ids).toEqual([`table:shop.${target.schema}.events_*`]);
    expect(await metadataOf(folded, `table:shop.${target.schema}.events_*`)).toMatchObject({
      relationType: "table_family",
      members: ["events_202501", "events_202502", "events_202503"],
    });
    expect(await metadataOf(named, `table:shop.${target.schema}.events_202502`)).toMatchObject({ rowCount: 1 });
  });

  test("a copy of a table in another database mirrors it", async () => {
    const [first, second] = [await open(), await open()];
    for (const target of [first, second])
      await target.execute("CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)");
    const catalog = await newCatalog();

    await profile(first, catalog, { databaseId: "one" });
    await profile(second, catalog, { databaseId: "two" });

    const { edges } = await contentOf(catalog);
    expect(edges.filter(({ type }) => type === "mirrors")).toMatchObject([
      { from: `table:two.${second.schema}.goods`, to: `table:one.${first.schema}.goods`, confidence: 1 },
    ]);
  });

  test("a large table is sampled, and every number says how it came to be", async () => {
    const target = await open();
    const rows = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 150000)";
    await target.execute(
      "CREATE TABLE big (id INTEGER PRIMARY KEY, few INTEGER, many INTEGER)",
      `INSERT INTO big ${rows} SELECT x, x % 7, (x * 7919) % 30000 FROM n`,
      "ANALYZE",
    );
    const [sampled, exact] = [await newCatalog(), await newCatalog()];

    await profile(target, sampled);
    await profile(target, exact, { options: { isExact: true } });

    const many = `column:shop.${target.schema}.big.many`;
    const sample = (await metadataOf(sampled, many))["stats"] as Record<string, { value: number; method: string }>;
    const whole = (await metadataOf(exact, many))["stats"] as Record<string, { value: number; method: string }>;
    expect(whole["distinct"]).toMatchObject({ value: 30_000, method: "exact" });
    expect(sample["distinct"]?.method).not.toBe("exact");
    expect(Math.abs((sample["distinct"]?.value ?? 0) / 30_000 - 1)).toBeLessThan(0.15);
    expect(sample["min"]).toMatchObject({ method: "sample", sampleRows: expect.any(Number) });
    const id = (await metadataOf(sampled, `column:shop.${target.schema}.big.id`))["stats"];
    expect(id).toMatchObject({ max: { value: 150_000, method: "exact" } });
  });

  test("a few rows of a large table do not make its texts a small domain whose values are kept", async () => {
    const target = await open();
    const rows = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 120000)";
    await target.execute(
      "CREATE TABLE calls (id INTEGER PRIMARY KEY, note TEXT, status TEXT)",
      `INSERT INTO calls ${rows} SELECT x, 'Talked to person ' || x, 'state ' || (x % 3) FROM n`,
      "ANALYZE",
    );
    const catalog = await newCatalog();

    await profile(target, catalog, { options: { sampleRows: 40 } });

    expect(JSON.stringify(await contentOf(catalog))).not.toContain("Talked to");
    const status = await metadataOf(catalog, `column:shop.${target.schema}.calls.status`);
    expect(status).toMatchObject({ stats: { min: { value: "state 0", method: "sample" } } });
    expect(status["sampleValues"]).toHaveLength(3);
  });

  test("an address in the middle of a note or a document is withheld with it", async () => {
    const target = await open();
    await target.execute(
      "CREATE TABLE notes (id INTEGER PRIMARY KEY, remark TEXT, doc TEXT, kind TEXT)",
      `INSERT INTO notes VALUES (1, 'ask ada@example.com first', '{"to":"bob@example.com"}', 'open'), (2, 'none', '{}', 'open')`,
    );
    const catalog = await newCatalog();

    await profile(target, catalog);

    expect(JSON.stringify(await contentOf(catalog))).not.toContain("@example.com");
    expect(await metadataOf(catalog, `column:shop.${target.schema}.notes.remark`)).toMatchObject({ pii: "email" });
    expect(await metadataOf(catalog, `column:shop.${target.schema}.notes.kind`)).toMatchObject({
      pii: null,
      sampleValues: ["open"],
    });
  });

  test("a table is as fresh as its newest past, whatever is planned for later", async () => {
    const target = await open();
    await target.execute(
      "CREATE TABLE contracts (id INTEGER PRIMARY KEY, signed DATE, valid_until DATE)",
      "INSERT INTO contracts VALUES (1, '2024-05-01', '9999-12-31'), (2, '2024-06-01', '2099-01-01')",
      "CREATE TABLE plans (id INTEGER PRIMARY KEY, due DATE)",
      "INSERT INTO plans VALUES (1, '2099-01-01')",
    );
    const catalog = await newCatalog();

    await profile(target, catalog);

    expect(await metadataOf(catalog, `table:shop.${target.schema}.contracts`)).toMatchObject({
      freshness: { column: "signed", newest: { value: "2024-06-01" } },
    });
    expect(await metadataOf(catalog, `table:shop.${target.schema}.plans`)).toMatchObject({ freshness: null });
  });

  test("no table is read beyond --max-rows, and one that is not there is refused by name", async () => {
    const target = await open();
    await target.execute(
      "CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)",
      `INSERT INTO goods VALUES ${Array.from({ length: 30 }, (_, id) => `(${id}, 'n${id % 3}')`).join(", ")}`,
      "ANALYZE",
    );
    const catalog = await newCatalog();

    await profile(target, catalog, { options: { maxRows: 10 } });

    expect(await metadataOf(catalog, `column:shop.${target.schema}.goods.name`)).toMatchObject({
      stats: { minLength: { method: "sample", sampleRows: 10 } },
    });
    await expect(profile(target, catalog, { options: { tables: ["good"] } })).rejects.toMatchObject({
      code: "INPUT_INVALID",
      message: 'The database has no table "good".',
      hint: 'Did you mean "goods"?',
    });
  });
});

test("SQLite: tables without rowid, generated columns, mixed types, huge integers and broken views", async () => {
  const target = sqliteTarget();
  await target.execute(
    "CREATE TABLE pairs (a TEXT, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID",
    "INSERT INTO pairs VALUES ('x', 1), ('y', 2)",
    "CREATE TABLE made (n INTEGER, twice INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL, rowid TEXT)",
    "INSERT INTO made (n, rowid) VALUES (1, 'r'), (2, 's')",
    "CREATE TABLE mixed (v, big INTEGER)",
    "INSERT INTO mixed VALUES (1, 9007199254740993), (1.5, 1), ('one', 2), (x'00ff', 3), (NULL, NULL)",
    "CREATE TABLE gone (id INTEGER)",
    "CREATE VIEW broken AS SELECT id FROM gone",
    "DROP TABLE gone",
  );
  const catalog = await newCatalog();

  const summary = await profile(target, catalog);

  expect(summary.tables).toMatchObject({ failed: 0 });
  expect(await metadataOf(catalog, "table:shop.main.pairs")).toMatchObject({ rowCount: 2, primaryKey: ["a", "b"] });
  expect(await metadataOf(catalog, "column:shop.main.made.twice")).toMatchObject({
    generated: true,
    stats: { max: { value: 4 } },
  });
  expect(await metadataOf(catalog, "column:shop.main.mixed.v")).toMatchObject({
    storageTypes: { blob: 1, integer: 1, real: 1, text: 1 },
    stats: { nullFraction: { value: 0.2 } },
  });
  expect(await metadataOf(catalog, "table:shop.main.broken")).toMatchObject({
    strategy: "skip",
    warnings: [expect.stringContaining("cannot be read")],
  });
});

test("SQLite: a number among texts does not show the texts", async () => {
  const target = sqliteTarget();
  const rows = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200)";
  await target.execute(
    "CREATE TABLE mixed (notes STRING, contact, code)",
    `INSERT INTO mixed ${rows} SELECT 'Anna said ' || x, 'user' || x || '@example.com', x FROM n`,
    "INSERT INTO mixed VALUES ('42', 7, 'none')",
  );
  const catalog = await newCatalog();

  await profile(target, catalog);

  expect(JSON.stringify(await contentOf(catalog))).not.toMatch(/Anna said|@example\.com/);
  expect(await metadataOf(catalog, "column:shop.main.mixed.contact")).toMatchObject({ pii: "email" });
  expect(await metadataOf(catalog, "column:shop.main.mixed.code")).toMatchObject({
    stats: { min: { value: 1 }, max: { value: 200 }, mean: { value: 100.5 } },
    semanticType: null,
  });
});

test("SQLite: what is no database is refused in words, and a sparse file of 10 GB costs no time", async () => {
  const folder = temporaryFolder();
  const [text, sparse, valid] = ["text.db", "sparse.db", "valid.db"].map((name) => join(folder, name));
  writeFileSync(text ?? "", "no database at all, but more than a hundred bytes of text ".repeat(20));
  grow(sparse ?? "");
  const db = openDatabase(valid ?? "");
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a')");
  db.close();
  grow(valid ?? "");

  const start = performance.now();
  for (const path of [text, sparse, join(folder, "missing.db"), folder]) {
    const reader = openProfileReader({ kind: "sqlite", path: path ?? "", label: "sqlite:shop.db" });
    await expect(reader.describe(null)).rejects.toMatchObject({
      code: "DATABASE_UNAVAILABLE",
      hint: expect.any(String),
    });
    await reader.close();
  }
  const reader = openProfileReader({ kind: "sqlite", path: valid ?? "", label: "sqlite:shop.db" });
  const { tables } = await reader.describe(null);
  await reader.close();

  expect(tables).toMatchObject([{ name: "t", rows: { value: 1, method: "max_rowid" }, bytes: null }]);
  expect(performance.now() - start).toBeLessThan(20_000);
});

test("SQLite: a query that would not end is stopped with its process, and the next one is answered", async () => {
  const target = sqliteTarget();
  await target.execute(
    "CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) AS c FROM n",
    "CREATE TABLE t (id INTEGER PRIMARY KEY)",
  );
  const reader = openProfileReader(target.target, { timeoutMs: 3_000 });
  const { tables } = await reader.describe(null);
  const [endless, table] = [tables.find(({ name }) => name === "endless"), tables.find(({ name }) => name === "t")];
  if (endless === undefined || table === undefined) throw new Error("the tables are missing");
  const how = { strategy: "sample", rows: 10, isCounted: false, isAggregated: false, hasValues: true } as const;

  await expect(reader.read(endless, how)).rejects.toMatchObject({
    code: "DATABASE_UNAVAILABLE",
    message: expect.stringContaining("took longer than 3000 ms and was stopped"),
  });
  expect(await reader.read(table, how)).toMatchObject({ rowsRead: 0 });

  const controller = new AbortController();
  const stoppable = openProfileReader(target.target, { signal: controller.signal });
  const reading = stoppable.read(endless, how);
  controller.abort(new Error("stopped by a person"));
  await expect(reading).rejects.toThrow("stopped by a person");
  await Promise.all([reader.close(), stoppable.close()]);
});

test("Postgres: without privileges a table is named and skipped, and a partitioned one is read as one", async () => {
  const target = await postgresTarget();
  const role = `reader_${target.schema}`;
  await target.execute(
    "CREATE TABLE open (id INTEGER PRIMARY KEY, at TIMESTAMPTZ, doc JSONB, raw BYTEA, tags TEXT[])",
    `INSERT INTO open VALUES (1, '2025-01-02T03:04:05Z', '{"a":1}', '\\x00ff', '{a,b}'), (2, NULL, NULL, NULL, NULL)`,
    "CREATE TABLE secret (id INTEGER PRIMARY KEY, word TEXT)",
    "CREATE TABLE parts (id INTEGER, month INTEGER) PARTITION BY RANGE (month)",
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (2)",
    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (2) TO (3)",
    "INSERT INTO parts VALUES (1, 1), (2, 2)",
    `CREATE ROLE "${role}" LOGIN`,
    `GRANT USAGE ON SCHEMA "${target.schema}" TO "${role}"`,
    `GRANT SELECT ON open, parts TO "${role}"`,
    "COMMENT ON TABLE open IS 'What everybody may see'",
  );
  onTestFinished(async () => {
    const client = new pg.Client({ connectionString: inject("postgresUrl") });
    await client.connect();
    await client.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
    await client.end();
  });
  const url = new URL(inject("postgresUrl"));
  url.username = role;
  const catalog = await newCatalog();

  const restricted = { ...target, target: { kind: "postgres", url: url.href, label: "postgres" } as const };
  const summary = await profile(restricted, catalog);

  expect(summary.tables).toMatchObject({ written: 3, failed: 0 });
  expect(await metadataOf(catalog, `table:shop.${target.schema}.secret`)).toMatchObject({
    strategy: "skip",
    warnings: [expect.stringContaining("missing privilege")],
  });
  expect(await metadataOf(catalog, `table:shop.${target.schema}.parts`)).toMatchObject({
    relationType: "partitioned",
    partitions: ["parts_1", "parts_2"],
    rowCount: 2,
  });
  const [open] = await catalog.entries([`table:shop.${target.schema}.open`]);
  expect(open).toMatchObject({ content: "What everybody may see", metadata: { freshness: { column: "at" } } });
});

function grow(path: string): void {
  const file = openSync(path, "a");
  ftruncateSync(file, 10 * 1024 ** 3);
  closeSync(file);
}

test("decimals of Postgres that share a double are different values, and lists of numbers are no numbers", async () => {
  const target = await postgresTarget();
  await target.execute(
    "CREATE TABLE precise (id INTEGER PRIMARY KEY, amount NUMERIC, list INTEGER[], span INT4RANGE)",
    "INSERT INTO precise SELECT i, 0.10000000000000000001 * i / i + i * 0.00000000000000000001, ARRAY[i], int4range(i, i + 2) FROM generate_series(1, 300) i",
  );
  const catalog = await newCatalog();

  const summary = await profile(target, catalog, { options: { sampleRows: 50, isExact: true } });
  const whole = await newCatalog();
  await profile(target, whole);

  expect(summary.tables).toMatchObject({ written: 1, failed: 0 });
  for (const found of [catalog, whole])
    expect(await metadataOf(found, `column:shop.${target.schema}.precise.amount`)).toMatchObject({
      stats: {
        distinct: { value: 300 },
        min: { value: "0.10000000000000000002" },
        max: { value: "0.10000000000000000301" },
      },
    });
});

test("Postgres: a schema that is not there is refused by name, and an empty one is said", async () => {
  const target = await postgresTarget();
  const catalog = await newCatalog();

  await expect(profile({ ...target, schema: target.schema.toUpperCase() }, catalog)).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringContaining(target.schema.toUpperCase()),
    hint: expect.stringContaining(target.schema),
  });
  expect((await contentOf(catalog)).entries).toEqual([]);
  expect((await profile(target, catalog)).warnings).toEqual([expect.stringContaining("no tables")]);
});

test("Postgres: the smallest and largest are those of the type, and a type that has none costs its table nothing", async () => {
  const target = await postgresTarget();
  await target.execute(
    "CREATE TYPE maintenance_kind AS ENUM ('routine', 'annual')",
    "CREATE DOMAIN phone_number AS text",
    "CREATE DOMAIN price AS numeric",
    `CREATE TABLE spans (id INTEGER PRIMARY KEY, long INTERVAL, cost MONEY, across INT4RANGE, kind maintenance_kind, net price,
      half FLOAT8, smile TEXT)`,
    `INSERT INTO spans VALUES (1, '9 hours', 9, '[9,10)', 'routine', 9, 'Infinity', repeat(U&'\\+01F600', 600)),
      (2, '10 hours', 10, '[10,11)', 'annual', 10, 1, 'b'), (3, NULL, NULL, NULL, NULL, NULL, 'NaN', NULL)`,
    `CREATE TABLE bookings (id INTEGER PRIMARY KEY, during DATERANGE, kind maintenance_kind, no phone_number, doc JSON, x XID, f FLOAT8)`,
    `INSERT INTO bookings SELECT i, daterange('2026-01-01'::date + i % 90, '2026-02-01'::date + i % 90), 'annual', '+49 ' || i, '{}', '7'::xid, 'NaN'
      FROM generate_series(1, 120000) i`,
    "CREATE INDEX bookings_during ON bookings USING gist (during)",
    "CREATE EXTENSION IF NOT EXISTS file_fdw WITH SCHEMA pg_catalog",
    `CREATE SERVER "files_${target.schema}" FOREIGN DATA WRAPPER file_fdw`,
    "CREATE TABLE ledger (line TEXT) PARTITION BY LIST (line)",
    `CREATE FOREIGN TABLE ledger_rest PARTITION OF ledger DEFAULT SERVER "files_${target.schema}" OPTIONS (filename '/etc/passwd', delimiter E'\\x01')`,
    "ANALYZE",
  );
  onTestFinished(() => target.execute(`DROP SERVER "files_${target.schema}" CASCADE`));
  const [catalog, exact] = [await newCatalog(), await newCatalog()];

  const summary = await profile(target, catalog);
  const again = await profile(target, exact, { options: { isExact: true } });

  expect([summary.tables, again.tables]).toMatchObject([{ failed: 0 }, { failed: 0 }]);
  const column = async (name: string): Promise<unknown> =>
    (await metadataOf(catalog, `column:shop.${target.schema}.${name}`))["stats"];
  for (const name of ["long", "cost", "across", "kind"])
    expect(await column(`spans.${name}`)).not.toHaveProperty("max");
  expect(await column("spans.net")).toMatchObject({ min: { value: 9 }, max: { value: 10 }, mean: { value: 9.5 } });
  expect(await column("spans.half")).toMatchObject({ min: { value: 1 }, max: { value: "Infinity" } });
  expect(await column("spans.smile")).toMatchObject({ minLength: { value: 1 }, maxLength: { value: 600 } });
  expect(await metadataOf(catalog, `table:shop.${target.schema}.bookings`)).toMatchObject({ rowCount: 120_000 });
  expect(await metadataOf(exact, `column:shop.${target.schema}.bookings.no`)).toMatchObject({
    stats: { distinct: { value: 120_000, method: "exact" } },
  });
  expect(await metadataOf(exact, `column:shop.${target.schema}.bookings.f`)).not.toHaveProperty("stats.mean");
  expect(await metadataOf(catalog, `table:shop.${target.schema}.ledger`)).toMatchObject({
    strategy: "schema_only",
    warnings: [expect.stringContaining("foreign table")],
  });
});
