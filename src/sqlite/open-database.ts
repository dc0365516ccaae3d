import { createRequire } from "node:module";
import BetterSqlite from "better-sqlite3";
import { errorCode } from "../lib/error-code.ts";
import { thrownMessage } from "../lib/thrown-text.ts";
import { StateError } from "../protocol/errors.ts";
import type { SqliteDatabase, SqliteOptions } from "./database.ts";
import { type PortableDriver, PortableDatabase } from "./portable-database.ts";

/**
 * Opens a SQLite file. better-sqlite3 is built for a version of Node-API that begins with Node 22.14, and an older Node does not
 * refuse to load it: it crashes. There a second driver takes its place, which speaks an older Node-API.
 */
export function openDatabase(path: string, options: SqliteOptions = {}): SqliteDatabase {
  if (sqliteDriver() !== PORTABLE) return new BetterSqlite(path, options);
  return new PortableDatabase(portableDriver(), path, options);
}

/** The package that opens files under a Node with this version of Node-API, by default the one that runs. */
export function sqliteDriver(nodeApi = process.versions.napi): "better-sqlite3" | typeof PORTABLE {
  return Number(nodeApi ?? 0) >= NODE_API ? "better-sqlite3" : PORTABLE;
}

/** What better-sqlite3 13 is built for. */
const NODE_API = 10;
const PORTABLE = "@photostructure/sqlite";

/** Loaded only where it is needed: it is a program of its own. */
function portableDriver(): PortableDriver {
  try {
    // The package's own declarations say what it exports.
    return createRequire(import.meta.url)(PORTABLE) as PortableDriver;
  } catch (cause) {
    const what =
      errorCode(cause) === "MODULE_NOT_FOUND" ? "is not installed" : `does not load: ${thrownMessage(cause)}`;
    throw new StateError(
      "STORE_UNAVAILABLE",
      `Under Node ${process.versions.node} SQLite needs ${PORTABLE}, which ${what}`,
      {
        hint: `Run \`npm install ${PORTABLE}@2.6\`, or use Node 22.14 or newer; state can also be kept in Postgres.`,
        cause,
      },
    );
  }
}
