import type { ColumnDescription, TableDescription } from "../../../../src/data/profile/description.ts";

/** A table as a reader describes it, with what a test wants of it. */
export function described(
  name: string,
  columns: Readonly<Record<string, string>>,
  rest: Partial<TableDescription> = {},
): TableDescription {
  return {
    schema: "main",
    name,
    relationType: "base_table",
    columns: Object.entries(columns).map(columnOf),
    primaryKey: Object.keys(columns).slice(0, 1),
    uniques: [],
    foreignKeys: [],
    indexes: [],
    comment: null,
    viewSql: null,
    basis: [],
    partitions: [],
    members: [],
    rows: { value: 1_000, method: "max_rowid", asOf: null, isStale: false },
    bytes: 40_000,
    lastAnalyze: null,
    rowid: "rowid",
    isReadable: true,
    warnings: [],
    ...rest,
  };
}

function columnOf([name, dataType]: readonly [string, string]): ColumnDescription {
  return { name, dataType, isNullable: true, defaultValue: null, isGenerated: false, comment: null, statistics: null };
}
