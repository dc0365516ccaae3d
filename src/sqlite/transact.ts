import type { SqliteDatabase } from "./database.ts";

/** Runs synchronous work in one transaction, `immediate` when nobody else may write from its first read on. */
export function transact<Result>(
  database: SqliteDatabase,
  begin: "deferred" | "immediate",
  work: () => Result,
): Result {
  database.exec(`begin ${begin}`);
  try {
    const result = work();
    database.exec("commit");
    return result;
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (database.inTransaction) database.exec("rollback");
    throw error;
  }
}
