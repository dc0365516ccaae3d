import type { SqliteDatabase } from "../../../sqlite/database.ts";
import { openDatabase } from "../../../sqlite/open-database.ts";
import { PROFILE_STATEMENT_TIMEOUT_MS } from "../../../protocol/limits/profile.ts";
import { quoteName } from "../quote-name.ts";
import type { ProfileReader, ReferenceFinding, ReferenceTest } from "../reading.ts";
import { describeSqlite } from "./describe-sqlite.ts";
import { readSqlite } from "./read-sqlite.ts";

/** Reads a SQLite file for its profile. Every call blocks until the engine has answered, so it runs in a process of its own. */
export function openSqliteReader(path: string): ProfileReader {
  const db = openDatabase(path, { readonly: true, fileMustExist: true, timeout: PROFILE_STATEMENT_TIMEOUT_MS / 10 });
  try {
    db.pragma("query_only = ON");
    db.pragma("temp_store = MEMORY");
    db.pragma("trusted_schema = OFF");
    // The first real look at the file: what is not a database fails here and not in the middle.
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    describe: () => Promise.resolve(describeSqlite(db)),
    read: (table, how) => Promise.resolve(readSqlite(db, table, how)),
    testReference: (test) => Promise.resolve(testReference(db, test)),
    close: () => Promise.resolve(void db.close()),
  };
}

/** The first different values of a column, looked up in the other. */
function testReference(db: SqliteDatabase, { from, to, rows }: ReferenceTest): ReferenceFinding {
  const [source, target] = [quoteName(from.column), quoteName(to.column)];
  const sql = `SELECT count(*) AS sampled, count(CASE WHEN EXISTS
      (SELECT 1 FROM ${quoteName(to.table)} AS t WHERE t.${target} = s.v) THEN 1 END) AS contained
    FROM (SELECT DISTINCT ${source} AS v FROM (SELECT ${source} FROM ${quoteName(from.table)}
      WHERE ${source} IS NOT NULL LIMIT ${rows})) AS s`;
  const unique = `SELECT count(*) = count(DISTINCT ${target}) FROM (SELECT ${target} FROM ${quoteName(to.table)}
    WHERE ${target} IS NOT NULL LIMIT ${rows})`;
  // An aggregate gives one row with the named columns.
  const found = db.prepare(sql).get() as { sampled: number; contained: number };
  return { ...found, isTargetUnique: db.prepare(unique).pluck().get() === 1 };
}
