import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SQLITE_DRIVERS } from "../../helpers/sqlite-drivers.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

describe.each(SQLITE_DRIVERS)("a connection of %s", (_name, open) => {
  test("a missing file is made, or not when it must exist", () => {
    const path = join(temporaryFolder(), "a b#c%20?.db");

    expect(() => open(path, { fileMustExist: true })).toThrow(expect.objectContaining({ code: "SQLITE_CANTOPEN" }));
    expect(() => open(path, { readonly: true, fileMustExist: true })).toThrow(/unable to open/);
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();

    open(path).exec("create table t (a)");

    const db = open(path, { fileMustExist: true });
    expect(db.prepare("select count(*) as n from t").get()).toStrictEqual({ n: 0 });
    expect(db.name).toBe(path);
  });

  test("a file opened to read is not written", () => {
    const path = join(temporaryFolder(), "a.db");
    open(path).exec("create table t (a)");

    const reader = open(path, { readonly: true });

    expect(() => reader.exec("insert into t values (1)")).toThrow(expect.objectContaining({ code: "SQLITE_READONLY" }));
  });

  test("the engine's errors carry the name of their code", () => {
    const folder = temporaryFolder();
    const db = open(join(folder, "a.db"), { timeout: 0 });
    db.exec("create table t (a integer primary key, b unique not null)");
    db.exec("insert into t values (1, 'x')");
    const other = open(join(folder, "a.db"), { timeout: 0 });
    writeFileSync(join(folder, "rubbish.db"), "no database ".repeat(100));
    mkdirSync(join(folder, "folder.db"));

    expect(() => db.exec("insert into t values (2, 'x')")).toThrow(codeLike("SQLITE_CONSTRAINT_"));
    expect(() => db.prepare("insert into t values (2, null)").run()).toThrow(codeLike("SQLITE_CONSTRAINT_"));
    db.exec("begin immediate");
    expect(() => other.exec("begin immediate")).toThrow(codeLike("SQLITE_BUSY"));
    expect(() => other.prepare("insert into t values (3, 'z')").run()).toThrow(codeLike("SQLITE_BUSY"));
    expect(() => open(join(folder, "rubbish.db")).prepare("select * from sqlite_schema").all()).toThrow(
      codeLike("SQLITE_NOTADB"),
    );
    expect(() => open(join(folder, "folder.db"))).toThrow(codeLike("SQLITE_CANTOPEN"));
    expect(() => db.prepare("select nothing")).toThrow(codeLike("SQLITE_ERROR"));
  });

  test("an error in the middle of rows has its code too", () => {
    const db = open(":memory:");
    const rows = db.prepare("select 1 union all select abs(-9223372036854775807 - 1)").iterate();
    rows.next();

    expect(() => rows.next()).toThrow(codeLike("SQLITE_ERROR"));
  });

  test("pragmas give rows, or their first value", () => {
    const db = open(":memory:");

    expect(db.pragma("user_version = 3")).toStrictEqual([]);
    expect(db.pragma("user_version", { simple: true })).toBe(3);
    expect(db.pragma("user_version")).toStrictEqual([{ user_version: 3 }]);
    expect(db.pragma("foreign_keys", { simple: true })).toBe(1);
  });

  test("it knows whether it is open and inside a transaction", () => {
    const db = open(":memory:");
    const before = [db.open, db.inTransaction];
    db.exec("begin");
    const within = db.inTransaction;

    db.close();
    db.close();

    expect([...before, within, db.open, db.inTransaction]).toEqual([true, false, true, false, false]);
    expect(() => db.prepare("select 1")).toThrow(/not open/);
  });

  test("names in double quotes are never texts, and the schema cannot be written to", () => {
    const db = open(":memory:");
    db.exec("create table t (a)");

    expect(() => db.prepare('select "nothing" from t')).toThrow(/no such column/);
    expect(() => db.exec("pragma writable_schema = on; delete from sqlite_schema")).toThrow(/may not be modified/);
    expect(() => db.prepare("select load_extension('x')").get()).toThrow(/not authorized|no such function/);
  });
});

function codeLike(prefix: string): unknown {
  return expect.objectContaining({ code: expect.stringMatching(new RegExp(`^${prefix}`)) });
}
