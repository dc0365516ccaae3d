import type { TableDescription } from "./description.ts";

/** Columns whose smallest and largest values an index gives without reading the table. */
export function leadingColumns(table: TableDescription): readonly string[] {
  const first = [table.primaryKey, ...table.indexes.map(({ columns }) => columns)].map(([column]) => column);
  return [...new Set(first)].filter((column) => column !== undefined);
}
