import * as portable from "@photostructure/sqlite";
import BetterSqlite from "better-sqlite3";
import type { SqliteDatabase, SqliteOptions } from "../../src/sqlite/database.ts";
import { PortableDatabase } from "../../src/sqlite/portable-database.ts";

type Open = (path: string, options?: SqliteOptions) => SqliteDatabase;

/** Both drivers, whichever this Node would choose: what holds for one must hold for the other. */
export const SQLITE_DRIVERS: readonly (readonly [name: string, open: Open])[] = [
  ["better-sqlite3", (path, options) => new BetterSqlite(path, options)],
  ["@photostructure/sqlite", (path, options = {}) => new PortableDatabase(portable, path, options)],
];
