import type { Json } from "../../protocol/json.ts";
import type { DatabaseDescription, TableDescription } from "./description.ts";

/** Reads one database for its profile. It can write nothing, and every statement has a time limit. */
export interface ProfileReader {
  /** Catalogs and statistics only. */
  describe(schema: string | null): Promise<DatabaseDescription>;
  /** Reads a table, whole or in a sample. */
  read(table: TableDescription, how: ReadOptions): Promise<TableReading>;
  /** Whether the values of one column are found in another. */
  testReference(test: ReferenceTest): Promise<ReferenceFinding>;
  close(): Promise<void>;
}

/** How a table is read. */
export interface ReadOptions {
  readonly strategy: "exact" | "sample";
  /** Rows at most. */
  readonly rows: number;
  /** Whether to have the engine count, and aggregate what was not read. */
  readonly isCounted: boolean;
  readonly isAggregated: boolean;
  /** False keeps every value inside the reader. */
  readonly hasValues: boolean;
}

/** What was read of a table. */
export interface TableReading {
  readonly rowCount: { readonly value: number; readonly method: "exact" | "engine_stats" | "sample" } | null;
  readonly rowsRead: number;
  /** Whether `rowsRead` are all rows there are. */
  readonly isWhole: boolean;
  readonly columns: readonly ColumnReading[];
  readonly warnings: readonly string[];
}

/** What the rows that were read say of a column. */
export interface ColumnReading {
  readonly nulls: number;
  /** Storage classes of SQLite with how often each occurs; empty elsewhere. */
  readonly types: Readonly<Record<string, number>>;
  readonly distinct: number;
  /** Values that occur once: what an estimate of all different values rests on. */
  readonly once: number;
  readonly isDistinctCapped: boolean;
  readonly min: Json;
  readonly max: Json;
  readonly mean: number | null;
  readonly stddev: number | null;
  readonly quartiles: readonly [number, number, number] | null;
  readonly minLength: number | null;
  readonly maxLength: number | null;
  /** Every value with its count, of small domains only. */
  readonly top: readonly (readonly [Json, number])[];
  readonly samples: readonly Json[];
  readonly semanticType: string | null;
  /** What kind of personal data it looks like; its values are withheld then. */
  readonly pii: string | null;
  readonly isWithheld: boolean;
  /** What the engine itself computed over all rows. */
  readonly aggregate: ColumnAggregate | null;
}

/** Exact numbers of a whole column, as far as the engine was asked. */
export interface ColumnAggregate {
  readonly nulls?: number;
  readonly distinct?: number;
  readonly mean?: number;
  readonly min?: Json;
  readonly max?: Json;
}

/** Which column might refer to which. */
export interface ReferenceTest {
  readonly from: { readonly schema: string; readonly table: string; readonly column: string };
  readonly to: { readonly schema: string; readonly table: string; readonly column: string };
  readonly rows: number;
}

/** What the test found. */
export interface ReferenceFinding {
  /** Different values that were looked up. */
  readonly sampled: number;
  readonly contained: number;
  readonly isTargetUnique: boolean;
}
