import { describe, expect, test } from "vitest";
import type { SqliteDatabase } from "../../../src/sqlite/database.ts";
import { SQLITE_DRIVERS } from "../../helpers/sqlite-drivers.ts";

describe.each(SQLITE_DRIVERS)("a statement of %s", (name, open) => {
  test("rows are plain objects, lists or first values", () => {
    const db = open(":memory:");

    expect(db.prepare("select 1 as a, 'x' as b").all()).toStrictEqual([{ a: 1, b: "x" }]);
    expect(db.prepare("select 1 as a, 'x' as b").raw().all()).toStrictEqual([[1, "x"]]);
    expect(db.prepare("select 1 as a, 'x' as b").pluck().get()).toBe(1);
    expect(db.prepare("select 1 as a, 2 as a").get()).toStrictEqual({ a: 2 });
    expect(db.prepare("select 1 where false").get()).toBeUndefined();
  });

  test("an integer is a number, however large, or a bigint when asked for; a real is neither cut nor made one", () => {
    const db = open(":memory:");
    const sql = "select 9007199254740993 as large, 1.0 as real, 1 as small";

    expect(db.prepare(sql).get()).toStrictEqual({ large: 9_007_199_254_740_992, real: 1, small: 1 });
    expect(db.prepare(sql).safeIntegers().get()).toStrictEqual({ large: 9_007_199_254_740_993n, real: 1, small: 1n });
  });

  test("bytes come back as a Buffer of their own length", () => {
    const row = open(":memory:")
      .prepare("select ? as bytes, x'' as none")
      .get(Buffer.from([1, 2, 3]).subarray(1));

    expect(row).toStrictEqual({ bytes: Buffer.from([2, 3]), none: Buffer.alloc(0) });
  });

  test("null, undefined, text, numbers and bigints are bound, one by one or as one list", () => {
    const statement = open(":memory:").prepare("select ?, ?, ?, ?, ?").safeIntegers().raw();
    const values = [null, undefined, "ü b", 1.5, 2n ** 62n];

    expect(statement.get(...values)).toStrictEqual([null, null, "ü b", 1.5, 2n ** 62n]);
    expect(statement.get(values)).toStrictEqual([null, null, "ü b", 1.5, 2n ** 62n]);
  });

  test("a parameter may be numbered or named, and stand twice", () => {
    const db = open(":memory:");

    expect(db.prepare("select ?1 + ?1 + ?2 as sum").get({ 1: 10, 2: 1 })).toStrictEqual({ sum: 21 });
    expect(db.prepare("select :a || :b || :a as text").get({ a: "x", b: "y", unasked: "z" })).toStrictEqual({
      text: "xyx",
    });
  });

  test.each([
    ["too few values", "select ?, ?", [1]],
    ["none", "select ?", []],
    ["a name too few", "select :a, :b", [{ a: 1 }]],
    ["another name", "select :a", [{ b: 1 }]],
    ["too many values", "select ?", [1, 2]],
    ["a date", "select ?", [new Date(0)]],
    ["a list in a list", "select ?", [[[1]]]],
    ["a function", "select ?", [(): void => {}]],
  ])("what cannot be bound is refused: %s", (_what, sql, params) => {
    const statement = open(":memory:").prepare(sql);

    expect(() => statement.get(...params)).toThrow(/bind|parameter|out of range|too (?:few|many)/i);
  });

  test("a text with a NUL character is kept whole or refused, and read whole", () => {
    const db = open(":memory:");
    db.exec("create table t (a)");

    const insert = db.prepare("insert into t values (?)");
    if (name === "better-sqlite3") insert.run("a\u0000b");
    else expect(() => insert.run("a\u0000b")).toThrow(/NUL/);

    expect(db.prepare("select hex(a) from t").pluck().all()).toEqual(name === "better-sqlite3" ? ["610062"] : []);
    expect(db.prepare("select cast(x'610062' as text) as a").get()).toStrictEqual({ a: "a\u0000b" });
  });

  test("a text of no statement or of two is refused, and semicolons and comments may follow one", () => {
    const db = open(":memory:");

    expect(() => db.prepare(" ")).toThrow(/no statements/);
    expect(() => db.prepare("select 1; select 2")).toThrow(/more than one statement/);
    expect(db.prepare("select 1 as a; -- done\n /* really; */ ;").get()).toStrictEqual({ a: 1 });
  });

  test("a dollar sign in a name is no parameter, and a parameter may have any letters", () => {
    const db = open(":memory:");
    db.exec("create table orders (ord$id integer, straße)");
    db.prepare("insert into orders (ord$id, straße) values (:nummer, :straße)").run({ nummer: 1, straße: "Am Markt" });

    expect(db.prepare("select ord$id, straße from orders").all()).toStrictEqual([{ ord$id: 1, straße: "Am Markt" }]);
    expect(() => db.prepare("select :straße").get({})).toThrow(/missing|too few/i);
  });

  test("a change tells how many rows and which number", () => {
    const db = withTable(open(":memory:"));

    expect(db.prepare("insert into t(b) values ('x'), ('y')").run()).toMatchObject({ changes: 2, lastInsertRowid: 2 });
    expect(db.prepare("update t set b = b").run()).toMatchObject({ changes: 2 });
    expect(db.prepare("insert into t(b) values ('z') returning a").all()).toStrictEqual([{ a: 3 }]);
  });

  test.each([
    ["select * from t", true, true],
    [
      "with recursive c(n) as (select 1 union all select n + 1 from c where n < 3) select n, lower('X') from c",
      true,
      true,
    ],
    ["select * from v", true, true],
    ["select stem from words where words match 'a'", true, true],
    ["insert into t(b) values (1) returning a", true, false],
    ["delete from t", false, false],
    ["create table u (x)", false, false],
    ["vacuum", false, false],
  ])("%s: gives rows %s, only reads %s", (sql, reader, readonly) => {
    const db = withTable(open(":memory:"));

    const statement = db.prepare(sql);

    expect([statement.reader, statement.readonly]).toEqual([reader, readonly]);
  });

  test("asking whether a statement only reads runs nothing and leaves what is open as it is", () => {
    const db = withTable(open(":memory:"));
    db.exec("insert into t(b) values ('x'), ('y')");
    const rows = db.prepare("select a from t").iterate();
    rows.next();

    expect(db.prepare("select b from t").readonly).toBe(true);

    expect([...rows]).toStrictEqual([{ a: 2 }]);
    expect(db.prepare("select count(*) as n from t").get()).toStrictEqual({ n: 2 });
  });

  test("columns know where they come from", () => {
    const db = withTable(open(":memory:"));

    expect(db.prepare("select a as id, b, 1 as c from t").columns()).toMatchObject([
      { name: "id", table: "t", column: "a" },
      { name: "b", table: "t", column: "b" },
      { name: "c", table: null, column: null },
    ]);
  });

  test("an iteration that is left holds nothing", () => {
    const db = withTable(open(":memory:"));
    db.exec("insert into t(b) values ('x'), ('y')");

    for (const row of db.prepare("select b from t").iterate()) {
      expect(row).toStrictEqual({ b: "x" });
      break;
    }

    db.exec("drop table t");
  });

  test("a table that grew while a statement was kept shows its new column", () => {
    const db = withTable(open(":memory:"));
    const statement = db.prepare("select * from t");
    db.exec("insert into t(b) values ('x')");
    db.exec("alter table t add column c default 7");

    expect(statement.all()).toStrictEqual([{ a: 1, b: "x", c: 7 }]);
  });
});

function withTable(db: SqliteDatabase): SqliteDatabase {
  db.exec("create table t (a integer primary key, b unique); create view v as select b from t");
  db.exec("create virtual table words using fts5(stem)");
  return db;
}
