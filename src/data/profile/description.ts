/** What a database says of itself, read from its catalogs and statistics and never from its tables. */
export interface DatabaseDescription {
  readonly engine: "sqlite" | "postgres";
  readonly serverVersion: string;
  readonly bytes: number | null;
  /** The schemas that were looked at. */
  readonly schemas: readonly string[];
  /** The schema that was asked for and is not there, with those that are. */
  readonly missingSchema?: { readonly name: string; readonly there: readonly string[] };
  readonly tables: readonly TableDescription[];
  /** How fast this machine and server are: nanoseconds for one value of a pass that reads no table. */
  readonly cellNs: number;
  readonly warnings: readonly string[];
}

/** Kinds of relation; a family stands for tables that differ by a number or date in their names only. */
export type RelationType = "base_table" | "view" | "materialized_view" | "foreign" | "partitioned" | "table_family";

/** One table or view. */
export interface TableDescription {
  readonly schema: string;
  readonly name: string;
  readonly relationType: RelationType;
  readonly columns: readonly ColumnDescription[];
  readonly primaryKey: readonly string[];
  /** Further sets of columns that the engine keeps unique and not null counts for nothing. */
  readonly uniques: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly indexes: readonly IndexDescription[];
  readonly comment: string | null;
  /** The text of a view. */
  readonly viewSql: string | null;
  /** What a view reads. */
  readonly basis: readonly ViewBasis[];
  readonly partitions: readonly string[];
  /** Members of a family, in the order of their suffixes. */
  readonly members: readonly string[];
  readonly rows: RowEstimate;
  readonly bytes: number | null;
  readonly lastAnalyze: string | null;
  /** Whether rows can be looked up by number: SQLite tables that are not WITHOUT ROWID. */
  readonly rowid: string | null;
  readonly isReadable: boolean;
  readonly warnings: readonly string[];
}

/** One column. */
export interface ColumnDescription {
  readonly name: string;
  readonly dataType: string;
  readonly isNullable: boolean;
  readonly defaultValue: string | null;
  readonly isGenerated: boolean;
  readonly comment: string | null;
  /** What the engine's statistics say, where it keeps any. */
  readonly statistics: EngineStatistics | null;
}

/** Statistics of a column as Postgres keeps them. */
export interface EngineStatistics {
  readonly nullFraction: number;
  /** Below zero it is a fraction of the rows. */
  readonly distinct: number;
}

/** A declared foreign key. */
export interface ForeignKey {
  readonly columns: readonly string[];
  readonly toSchema: string;
  readonly toTable: string;
  readonly toColumns: readonly string[];
}

/** An index by its leading columns. */
export interface IndexDescription {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isUnique: boolean;
}

/** A table or view below a view, with the view's columns that come from it unchanged. */
export interface ViewBasis {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly (readonly [view: string, base: string])[];
}

/** How many rows statistics believe there are. */
export interface RowEstimate {
  readonly value: number | null;
  readonly method: "reltuples" | "max_rowid" | "stat1" | "page_cells" | "unknown";
  readonly asOf: string | null;
  readonly isStale: boolean;
}

/** Names a table inside a description. */
export function tableKey(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}
