import type { SqliteDatabase } from "../../sqlite/database.ts";
import { openDatabase } from "../../sqlite/open-database.ts";

/** The connection that queries of models get: opened to read, and told so a second time inside the engine. */
export function openSqliteReader(path: string, timeout: number): SqliteDatabase {
  const db = openDatabase(path, { readonly: true, fileMustExist: true, timeout });
  for (const setting of ["temp_store=MEMORY", "trusted_schema=OFF", "query_only=ON"]) db.pragma(setting);
  return db;
}
