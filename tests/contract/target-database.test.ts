import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { type InspectableTarget, openTargetDatabase } from "../../src/data-access.ts";
import { QUERY_CELL_BYTES, QUERY_PROCESSES, QUERY_QUEUE } from "../../src/protocol/limits/query.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";
import { createPostgresShop, createSqliteShop, execute, type ShopDatabase } from "../helpers/shop-database.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const ODD_TABLE = "</script><img src=x onerror=alert(1)>";
const COUNT_FOR_EVER = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";

test("rows, columns and values come as documented", async () => {
  const target = open(sqliteShop().readerUrl);

  const outcome = await target.query(
    "SELECT id, name, ? AS given, 9007199254740993 AS big, x'00ff' AS b, 1e999 AS i FROM customers WHERE id = ?",
    [true, 1],
  );

  expect(outcome).toEqual({
    row_count: 1,
    columns: ["id", "name", "given", "big", "b", "i"],
    rows: [[1, "Ada", 1, "9007199254740993", "\\x00ff", "Infinity"]],
    truncated: false,
    warnings: [],
  });
});

test("parameters of SQLite may be numbered and used twice", async () => {
  const target = open(sqliteShop().readerUrl);

  const outcome = await target.query("SELECT ?2, ?1, ?2", ["a", true]);

  expect(outcome).toMatchObject({ rows: [[1, "a", 1]] });
});

test("a missing parameter is told as such, and the connection stays", async () => {
  const target = open((await shopOf("postgres")).readerUrl);

  const outcome = await target.query("SELECT $1::int, $2::int", [1]);
  const next = await target.query("SELECT $1::int", [1]);

  expect(outcome).toMatchObject({ code: "failed", error: expect.stringContaining("parameters") });
  expect(next).toMatchObject({ rows: [[1]] });
});

test("JSON of Postgres stays text where a JSON value would say something else", async () => {
  const target = open((await shopOf("postgres")).readerUrl);

  const outcome =
    await target.query(`SELECT '{"a":"1234567890123456"}'::json, '1e400'::json, '[1.0000000000000001]'::json,
    (repeat('[', 8000) || repeat(']', 8000))::json`);

  expect(outcome).toMatchObject({
    rows: [[{ a: "1234567890123456" }, "1e400", "[1.0000000000000001]", "[".repeat(8_000) + "]".repeat(8_000)]],
  });
});

test("an operator may be used when its function was named", async () => {
  const shop = await shopOf("postgres");
  const named = openTargetDatabase(shop.writerUrl, { functions: ["public.same"] });
  onTestFinished(() => named.close());
  await execute(
    shop.writerUrl,
    `CREATE FUNCTION same(a customers, b customers) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a.id = b.id';
     CREATE OPERATOR = (LEFTARG = customers, RIGHTARG = customers, FUNCTION = same)`,
  );

  const outcomes = [
    await named.query("SELECT count(*) FROM customers a, customers b WHERE a = b"),
    await open(shop.readerUrl).query("SELECT count(*) FROM customers WHERE id = 1"),
  ];

  expect(outcomes).toMatchObject([
    { rows: [[3]] },
    { code: "not_allowed", error: expect.stringContaining("operator =") },
  ]);
});

test.each(["sqlite", "postgres"] as const)("%s: each limit cuts and says so", async (kind) => {
  const target = open((await shopOf(kind)).readerUrl);
  const numbers =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) SELECT n, 'some text' FROM c";
  const long = kind === "sqlite" ? "SELECT hex(zeroblob(100000))" : "SELECT repeat('x', 200000)";

  const [byRows, byBytes, byCell, exact] = await Promise.all([
    target.query(numbers, [], { rows: 10 }),
    target.query(numbers, [], { rows: 10_000, bytes: 1_000 }),
    target.query(long),
    target.query(numbers, [], { rows: 5_000 }),
  ]);

  expect(byRows).toMatchObject({
    row_count: 10,
    truncated: true,
    warnings: ["truncated by the row limit of 10 rows: the first 10 rows are shown"],
  });
  expect(byBytes).toMatchObject({
    truncated: true,
    warnings: [expect.stringContaining("the byte limit of 1000 bytes")],
  });
  expect(byCell).toMatchObject({
    truncated: true,
    warnings: [expect.stringContaining(`value limit of ${QUERY_CELL_BYTES} bytes`)],
  });
  expect(exact).toMatchObject({ row_count: 5_000, truncated: false, warnings: [] });
});

test.each(["sqlite", "postgres"] as const)(
  "%s: values of 300 MB end as a limit, and the next query is served",
  { timeout: 120_000 },
  async (kind) => {
    const target = open((await shopOf(kind)).readerUrl);
    const statements =
      kind === "sqlite"
        ? ["SELECT zeroblob(300000000)", "SELECT hex(zeroblob(150000000))", "SELECT zeroblob(300000000) FROM customers"]
        : ["SELECT repeat('x', 300000000)", "SELECT repeat('x', 3000000) FROM generate_series(1, 100)"];

    const outcomes = [];
    for (const statement of statements) outcomes.push(await target.query(statement, [], { timeMs: 20_000 }));
    const next = await target.query("SELECT 1");

    for (const outcome of outcomes) {
      if ("error" in outcome) expect(outcome.code).toBe("memory");
      else expect(outcome.truncated).toBe(true);
    }
    expect(next).toMatchObject({ row_count: 1 });
  },
);

test.each(["sqlite", "postgres"] as const)("%s: rows of large documents are shown, each of them cut", async (kind) => {
  const target = open((await shopOf(kind)).readerUrl);
  const document = kind === "sqlite" ? "hex(zeroblob(1000000))" : "repeat('x', 2000000)";
  const numbers = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 12)";

  const large = await target.query(`${numbers} SELECT n, ${document} FROM c`);
  const later = await target.query(`${numbers} SELECT n, CASE WHEN n > 3 THEN ${document} END FROM c`);

  for (const outcome of [large, later])
    expect(outcome).toMatchObject({
      row_count: 12,
      truncated: true,
      warnings: [expect.stringContaining(`value limit of ${QUERY_CELL_BYTES} bytes`)],
    });
});

test.each(["sqlite", "postgres"] as const)("%s: a sample quotes whatever a table is called", async (kind) => {
  const shop = await shopOf(kind);
  const target = open(shop.readerUrl);

  const [odd, reserved, view, missing, injected] = await Promise.all([
    target.sample({ name: ODD_TABLE }),
    target.sample({ name: "update" }, 1),
    target.sample({ schema: "public", name: "paid_orders" }),
    target.sample({ name: "nowhere" }),
    target.sample({ name: 'customers"; DELETE FROM "customers' }),
  ]);

  expect(odd).toMatchObject({ row_count: 0, truncated: false });
  expect(reserved).toMatchObject({ columns: ["update", "delete", "drop", "order"], rows: [[1, 2, "a", "b"]] });
  expect(view).toMatchObject({ row_count: 1 });
  expect(missing).toMatchObject({ code: "failed" });
  expect(injected).toMatchObject({ code: "failed" });
});

test("a column called constructor is a column", async () => {
  const target = open(sqliteShop().readerUrl);

  const outcome = await target.query("SELECT * FROM odd");

  expect(outcome).toMatchObject({ columns: ["constructor", "__proto__"], rows: [["c", "p"]] });
});

test("files that are no database are told clearly, without their folder", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "empty.db"), "");
  writeFileSync(join(folder, "text.db"), "not a database".repeat(100));
  mkdirSync(join(folder, "folder.db"));
  writeFileSync(join(folder, "sparse.db"), "");
  truncateSync(join(folder, "sparse.db"), 10 * 1024 ** 3);
  writeFileSync(join(folder, "damaged.db"), damagedDatabase(folder));

  const ask = (name: string) =>
    open(`sqlite:${join(folder, name)}`).query("SELECT count(*), max(x) FROM a", [], { timeMs: 10_000 });
  const outcomes = await Promise.all(
    ["missing.db", "empty.db", "text.db", "folder.db", "sparse.db", "damaged.db"].map(ask),
  );

  expect(outcomes.map((outcome) => ("error" in outcome ? [outcome.code, outcome.error] : outcome))).toEqual([
    ["unavailable", "the SQLite file missing.db of the target database does not exist"],
    ["unavailable", "the SQLite file empty.db of the target database is empty (0 bytes)"],
    ["unavailable", "text.db is not a SQLite database"],
    ["unavailable", "folder.db of the target database is not a file"],
    ["unavailable", "sparse.db is not a SQLite database"],
    ["unavailable", "the SQLite file damaged.db is damaged"],
  ]);
  expect(JSON.stringify(outcomes)).not.toContain(folder);
});

test("a locked file is told, and read as soon as it is free", async () => {
  const shop = sqliteShop();
  const target = open(shop.readerUrl);
  const owner = openDatabase(shop.readerUrl.slice("sqlite:".length));
  onTestFinished(() => void owner.close());
  owner.exec("BEGIN EXCLUSIVE");

  const locked = await target.query("SELECT * FROM customers", [], { timeMs: 1_000 });
  owner.exec("COMMIT");
  const free = await target.query("SELECT * FROM customers");

  expect(locked).toMatchObject({ code: expect.stringMatching(/unavailable|timeout/) });
  expect(free).toMatchObject({ row_count: 3 });
});

test("a wrong password, a wrong schema, another port and another database are told without the password", async () => {
  const url = new URL(inject("postgresUrl"));
  const name = `bridle_password_${process.pid}`;
  await requirePassword(url.href, name);
  const wrong = new URL(url);
  wrong.username = name;
  wrong.password = "hunter2";
  const unreachable = new URL(wrong);
  unreachable.port = "1";
  const elsewhere = new URL(url);
  elsewhere.pathname = "/nowhere";

  const outcomes = await Promise.all([
    open(wrong.href).query("SELECT 1"),
    open({ kind: "postgres", url: url.href, schema: "nowhere" }).query("SELECT 1"),
    open(unreachable.href).query("SELECT 1"),
    open(elsewhere.href).query("SELECT 1"),
  ]);

  expect(outcomes).toMatchObject([
    { code: "unavailable", error: expect.stringContaining("password authentication failed") },
    { code: "unavailable", error: 'the schema "nowhere" of the target database does not exist' },
    { code: "unavailable", error: expect.stringContaining("ECONNREFUSED") },
    { code: "unavailable", error: expect.stringContaining('database "nowhere" does not exist') },
  ]);
  expect(JSON.stringify(outcomes)).not.toContain("hunter2");
});

test("the access of a login is told, and the SQL that makes a better one makes a login that only reads", async () => {
  const shop = await shopOf("postgres");
  const superuser = open(shop.writerUrl);
  const reader = open(shop.readerUrl);

  const [able, unable] = await Promise.all([superuser.access(), reader.access()]);

  expect(able).toMatchObject({ login: "postgres", isReadOnly: false });
  expect(able.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(["superuser", "writable"]));
  expect(able.advice).toContain("GRANT SELECT ON ALL TABLES");
  expect(unable).toMatchObject({ isReadOnly: true, findings: [] });
});

test("a query can be cancelled, also while it waits, and the line is bounded", async () => {
  const target = open(sqliteShop().readerUrl);
  const stop = new AbortController();
  const limits = { timeMs: 20_000, signal: stop.signal };

  const running = Array.from({ length: QUERY_PROCESSES + QUERY_QUEUE }, () => target.query(COUNT_FOR_EVER, [], limits));
  const refused = await target.query("SELECT 1");
  stop.abort();
  const outcomes = await Promise.all(running);
  const next = await target.query("SELECT 1");

  expect(refused).toMatchObject({ code: "unavailable", error: "too many queries wait for the target database" });
  expect(new Set(outcomes.map((outcome) => "error" in outcome && outcome.code))).toEqual(new Set(["cancelled"]));
  expect(next).toMatchObject({ row_count: 1 });
});

test("a closed database answers that it is closed, also to what was running", async () => {
  const target = open(sqliteShop().readerUrl);
  const running = target.query(COUNT_FOR_EVER, [], { timeMs: 20_000 });

  await target.close();

  expect(await running).toMatchObject({ code: "unavailable" });
  expect(await target.query("SELECT 1")).toMatchObject({ code: "unavailable", error: "the target database is closed" });
});

test("query processes end with a parent that was killed, whatever they are doing", async () => {
  const shop = sqliteShop();
  const script = `
    const { openTargetDatabase } = await import(${JSON.stringify(join(import.meta.dirname, "..", "..", "src", "data-access.ts"))});
    const target = openTargetDatabase(${JSON.stringify(shop.readerUrl)});
    await target.query("SELECT 1");
    void target.query(${JSON.stringify(COUNT_FOR_EVER)}, [], { timeMs: 60000 });
    void target.query("SELECT 1").then(() => console.log("busy"));`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(parent.stdout, "data");
  const children = childrenOf(parent.pid ?? 0);

  parent.kill("SIGKILL");
  await once(parent, "exit");

  expect(children.length).toBeGreaterThanOrEqual(2);
  await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), { timeout: 10_000, interval: 50 });
});

test("an open database does not keep its program from ending", async () => {
  const shop = sqliteShop();
  const script = `
    const { openTargetDatabase } = await import(${JSON.stringify(join(import.meta.dirname, "..", "..", "src", "data-access.ts"))});
    console.log((await openTargetDatabase(${JSON.stringify(shop.readerUrl)}).query("SELECT 1")).row_count);`;
  const program = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });

  const [[code], [output]] = await Promise.all([once(program, "exit"), once(program.stdout, "data")]);

  expect([code, String(output)]).toEqual([0, "1\n"]);
});

function open(descriptor: Parameters<typeof openTargetDatabase>[0]): InspectableTarget {
  const target = openTargetDatabase(descriptor);
  onTestFinished(() => target.close());
  return target;
}

function sqliteShop(): ShopDatabase {
  const shop = createSqliteShop();
  onTestFinished(() => shop.remove());
  return shop;
}

async function shopOf(kind: "sqlite" | "postgres"): Promise<ShopDatabase> {
  if (kind === "sqlite") return sqliteShop();
  const shop = await createPostgresShop(inject("postgresUrl"));
  onTestFinished(() => shop.remove());
  return shop;
}

/** A valid first page and noise after it. */
function damagedDatabase(folder: string): Buffer {
  const path = join(folder, "whole.db");
  const db = openDatabase(path);
  db.exec("CREATE TABLE a(x TEXT); CREATE INDEX i ON a(x); BEGIN");
  const insert = db.prepare("INSERT INTO a VALUES (?)");
  for (let i = 0; i < 2_000; i++) insert.run(`value ${i}`.repeat(10));
  db.exec("COMMIT");
  db.close();
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4096);
  return bytes;
}

/** The server trusts everybody on loopback; this one login must know a password that nobody does. */
async function requirePassword(url: string, login: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`DROP ROLE IF EXISTS ${login}; CREATE ROLE ${login} LOGIN PASSWORD 'another'`);
  const { rows } = await client.query<{ hba_file: string }>("SHOW hba_file");
  const file = rows[0]?.hba_file ?? "";
  writeFileSync(file, `host all ${login} 127.0.0.1/32 scram-sha-256\n${readFileSync(file, "utf8")}`);
  await client.query("SELECT pg_reload_conf()");
  await client.end();
}

function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) throw new Error(`${file} is needed to find the children of a process`);
  return readFileSync(file, "utf8")
    .trim()
    .split(" ")
    .filter((text) => text !== "")
    .map(Number);
}

/** A process whose parent is gone may stay in the table as a zombie, which runs nothing. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, "utf8"));
}
