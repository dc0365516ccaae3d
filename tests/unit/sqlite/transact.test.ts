import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { transact } from "../../../src/sqlite/transact.ts";
import { SQLITE_DRIVERS } from "../../helpers/sqlite-drivers.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

describe.each(SQLITE_DRIVERS)("a transaction of %s", (_name, open) => {
  test("keeps all of it, or nothing when the work throws", () => {
    const db = open(":memory:");
    db.exec("create table t (a)");

    const result = transact(db, "immediate", () => db.prepare("insert into t values (1)").run().changes);
    const failing = (): unknown =>
      transact(db, "deferred", () => {
        db.exec("insert into t values (2)");
        throw new Error("no");
      });

    expect(result).toBe(1);
    expect(failing).toThrow("no");
    expect(db.inTransaction).toBe(false);
    expect(db.prepare("select a from t").pluck().all()).toEqual([1]);
  });

  test("begun as immediate it keeps other writers out from the start", () => {
    const path = join(temporaryFolder(), "a.db");
    const [one, two] = [open(path, { timeout: 0 }), open(path, { timeout: 0 })];

    transact(one, "immediate", () => {
      expect(() => transact(two, "immediate", () => 1)).toThrow(expect.objectContaining({ code: "SQLITE_BUSY" }));
      expect(two.inTransaction).toBe(false);
    });

    expect(transact(two, "immediate", () => 1)).toBe(1);
  });
});
