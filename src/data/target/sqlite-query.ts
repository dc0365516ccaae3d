import { statSync } from "node:fs";
import { basename } from "node:path";
import { errorCode } from "../../lib/error-code.ts";
import { StateError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { QUERY_LOCK_TIMEOUT_MS } from "../../protocol/limits/query.ts";
import type { SqliteDatabase } from "../../sqlite/database.ts";
import type { QueryOutcome, QueryRefusal } from "../port.ts";
import { type JudgedSqlite, judgeSqliteProgram, judgeSqliteText } from "./judge-sqlite.ts";
import type { BoundedQuery } from "./query-process-protocol.ts";
import { openSqliteReader } from "./sqlite-connection.ts";
import { refusal } from "./refusal.ts";
import { RowCollector } from "./row-collector.ts";
import type { SqlToken } from "./sql-tokens.ts";
import { sqliteParam, sqliteValue } from "./sqlite-value.ts";

/** Runs one query on a connection of its own, opened to read: whatever a statement changed on it ends with it. */
export function runSqliteQuery(path: string, query: BoundedQuery): QueryOutcome {
  const judged = judgeSqliteText(query.sql);
  if ("error" in judged) return judged;
  const unusable = sqliteProblem(path);
  if (unusable !== null) return unusable;
  let db: SqliteDatabase | undefined;
  try {
    const timeout = Math.min(QUERY_LOCK_TIMEOUT_MS, query.timeMs);
    db = openSqliteReader(path, timeout);
    return readRows(db, { sql: query.sql, tokens: judged, params: boundParams(judged, query.params) }, query);
  } catch (error) {
    return sqliteRefusal(error, path);
  } finally {
    db?.close();
  }
}

function readRows(db: SqliteDatabase, judged: JudgedSqlite, query: BoundedQuery): QueryOutcome {
  const statement = db.prepare(judged.sql);
  const refused = judgeSqliteProgram(db, statement, judged);
  if (refused !== null) return refused;
  const columns = statement.columns().map(({ name }) => name);
  const rows = new RowCollector(query);
  for (const row of statement
    .raw()
    .safeIntegers()
    .iterate(...judged.params)) {
    if (Array.isArray(row) && !rows.add(row.map(sqliteValue))) break;
  }
  return rows.result(columns);
}

/** The driver takes `?1` for a name; by name, a value may be used twice. */
function boundParams(tokens: readonly SqlToken[], params: readonly Json[]): JudgedSqlite["params"] {
  const values = params.map(sqliteParam);
  const isNumbered = tokens.some(({ text }, at) => text === "?" && tokens[at + 1]?.kind === "number");
  return isNumbered ? [Object.fromEntries(values.map((value, at) => [String(at + 1), value]))] : values;
}

/** Why a file is not even opened: opening a pipe would wait for ever, and an empty file would open as an empty database. */
export function sqliteProblem(path: string): QueryRefusal | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  const name = basename(path);
  if (stats === undefined) return unavailable(`the SQLite file ${name} of the target database does not exist`);
  if (!stats.isFile()) return unavailable(`${name} of the target database is not a file`);
  return stats.size === 0 ? unavailable(`the SQLite file ${name} of the target database is empty (0 bytes)`) : null;
}

/** Which of the engine's errors mean that the database, not the statement, is at fault. */
function sqliteRefusal(error: unknown, path: string): QueryRefusal {
  if (error instanceof StateError) return refusal("unavailable", error.message, error.hint);
  const code = errorCode(error) ?? "";
  const message = error instanceof Error ? error.message : "the query failed";
  const name = basename(path);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return refusal("unavailable", `the SQLite file ${name} is locked by another program`, "Try again later.");
  if (code.startsWith("SQLITE_NOTADB")) return unavailable(`${name} is not a SQLite database`);
  if (code.startsWith("SQLITE_CORRUPT")) return unavailable(`the SQLite file ${name} is damaged`);
  if (/^SQLITE_(?:CANTOPEN|IOERR|PERM|READONLY_)/.test(code))
    return unavailable(`the SQLite file ${name} cannot be read (${code})`);
  if (code.startsWith("SQLITE_READONLY") || code === "SQLITE_AUTH")
    return refusal("read_only", "read-only target database: only SELECT statements are allowed");
  if (code.startsWith("SQLITE_NOMEM") || code.startsWith("SQLITE_TOOBIG"))
    return refusal("memory", `the query needs too much memory (${message})`, "Ask for fewer or smaller values.");
  return /syntax error|incomplete input|unrecognized token/.test(message)
    ? refusal("syntax", message, "Correct the statement for SQLite.")
    : refusal("failed", message);
}

function unavailable(error: string): QueryRefusal {
  return refusal("unavailable", error, "Check target_database.url in the data environment.");
}
