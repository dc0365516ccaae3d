import type { SqliteDatabase } from "../../../sqlite/database.ts";
import type { ViewBasis } from "../description.ts";
import { quoteName } from "../quote-name.ts";

/**
 * What a view reads, as SQLite itself sees it: the program it compiles opens the tables, and its result columns know the table
 * and column they come from. Views below the view are seen through. Nothing is run.
 */
export function viewBasisOf(db: SqliteDatabase, view: string): readonly ViewBasis[] {
  const sql = `SELECT * FROM ${quoteName(view)}`;
  const pairs = db
    .prepare(sql)
    .columns()
    .flatMap(({ name, table, column }) => (table === null || column === null ? [] : [{ name, table, column }]));
  const tables = new Set([...openedTables(db, sql), ...pairs.map(({ table }) => table)]);
  return [...tables].sort().map((table) => ({
    schema: "main",
    table,
    columns: pairs.filter((pair) => pair.table === table).map(({ name, column }) => [name, column] as const),
  }));
}

function openedTables(db: SqliteDatabase, sql: string): readonly string[] {
  // The rows of EXPLAIN and of the schema have documented columns.
  const roots = db.prepare("SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0").all() as {
    rootpage: number;
    tbl_name: string;
  }[];
  const byRoot = new Map(roots.map(({ rootpage, tbl_name }) => [rootpage, tbl_name]));
  const program = db.prepare(`EXPLAIN ${sql}`).all() as { opcode: string; p2: number; p3: number }[];
  return program.flatMap(({ opcode, p2, p3 }) => {
    const table = opcode === "OpenRead" && p3 === 0 ? byRoot.get(p2) : undefined;
    return table === undefined || table.startsWith("sqlite_") ? [] : [table];
  });
}
