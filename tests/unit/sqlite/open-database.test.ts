import { expect, test } from "vitest";
import { openDatabase, sqliteDriver } from "../../../src/sqlite/open-database.ts";

test.each([undefined, "8", "9"])(
  "under Node-API %s, where better-sqlite3 would crash, another driver serves",
  (nodeApi) => {
    expect(sqliteDriver(nodeApi ?? "")).toBe("@photostructure/sqlite");
  },
);

test.each(["10", "11"])("under Node-API %s better-sqlite3 serves", (nodeApi) => {
  expect(sqliteDriver(nodeApi)).toBe("better-sqlite3");
});

test("this Node opens a database", () => {
  expect(openDatabase(":memory:").prepare("select 1 as one").get()).toEqual({ one: 1 });
});
