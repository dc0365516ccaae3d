import { errorCode } from "../../lib/error-code.ts";
import { QUERY_LOCK_TIMEOUT_MS } from "../../protocol/limits/query.ts";
import type { SqliteDatabase } from "../../sqlite/database.ts";
import type { TargetLocation } from "../data-environment.ts";
import { openSqliteReader } from "./sqlite-connection.ts";
import { sqliteProblem } from "./sqlite-query.ts";
import type { WriteAttempt } from "./write-attempt.ts";

const STATEMENT = "CREATE TABLE bridle_write_attempt (tried INTEGER)";

/** Tries to write on a connection that is opened exactly as queries open theirs. */
export function attemptSqliteWrite({ path }: Extract<TargetLocation, { kind: "sqlite" }>): readonly WriteAttempt[] {
  const unusable = sqliteProblem(path);
  if (unusable !== null) return [{ ...ATTEMPT, outcome: "unavailable", text: unusable.error }];
  let db: SqliteDatabase | undefined;
  try {
    db = openSqliteReader(path, QUERY_LOCK_TIMEOUT_MS);
    db.exec("BEGIN");
    db.exec(STATEMENT);
    return [{ ...ATTEMPT, outcome: "went_through", text: "" }];
  } catch (error) {
    const isRefused = errorCode(error)?.startsWith("SQLITE_READONLY") === true;
    const text = error instanceof Error ? error.message : "the attempt failed";
    return [{ ...ATTEMPT, outcome: isRefused ? "refused" : "unavailable", text }];
  } finally {
    if (db?.inTransaction === true) db.exec("ROLLBACK");
    db?.close();
  }
}

const ATTEMPT = { as: "query", statement: STATEMENT } as const;
