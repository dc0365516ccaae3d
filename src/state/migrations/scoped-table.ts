import type { CreateTableBuilder, Kysely } from "kysely";
import type { StateTables } from "../schema.ts";
import type { ColumnTypes } from "./migration.ts";

type Scoped = CreateTableBuilder<string, "tenant" | "workspace">;

/** Begins a table whose first columns are tenant and workspace. */
export function scoped(db: Kysely<StateTables>, table: keyof StateTables, types: ColumnTypes): Scoped {
  return db.schema
    .createTable(table)
    .addColumn("tenant", types.key, notNull)
    .addColumn("workspace", types.key, notNull);
}

/** An index inside each scope, named after all its columns but the last, which only breaks ties. */
export async function index(
  db: Kysely<StateTables>,
  table: keyof StateTables,
  columns: readonly string[],
): Promise<void> {
  const name = [table, "by", ...columns.slice(0, -1)].join("_");
  await db.schema
    .createIndex(name)
    .on(table)
    .columns(["tenant", "workspace", ...columns])
    .execute();
}

/** For `addColumn`. */
export function notNull<Column extends { notNull(): Column }>(column: Column): Column {
  return column.notNull();
}
