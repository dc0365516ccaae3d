import type { Json } from "../protocol/json.ts";

/** A customer's database as agents, tools and code may read it. Nothing behind this port can write. */
export interface TargetDatabase {
  readonly kind: "sqlite" | "postgres";
  /** Where unqualified names are looked up. */
  readonly schema: string;
  /** Runs one read-only SELECT or WITH. Refusals, limits and the database's own errors are values, never exceptions. */
  query(sql: string, params?: readonly Json[], limits?: QueryLimits): Promise<QueryOutcome>;
  /** The first rows of a table or view, its names quoted as they are. */
  sample(table: TableName, rows?: number): Promise<QueryOutcome>;
  /** Ends its connections and processes. */
  close(): Promise<void>;
}

/** Names a table or view; the database's schema unless said. */
export interface TableName {
  readonly schema?: string;
  readonly name: string;
}

/** Bounds of one query; each has a default and an upper limit in protocol/limits/query.ts. */
export interface QueryLimits {
  readonly rows?: number;
  readonly bytes?: number;
  readonly timeMs?: number;
  /** Stops the query from outside. */
  readonly signal?: AbortSignal;
}

/** Exactly what `execute_query` gives a model. */
export type QueryOutcome = QueryRows | QueryRefusal;

/** Rows, and whether they are all of them. */
export interface QueryRows {
  readonly row_count: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  readonly truncated: boolean;
  /** Says which limit cut what, and anything else a reader of the rows must know. */
  readonly warnings: readonly string[];
}

/** Why there are no rows. */
export interface QueryRefusal {
  readonly error: string;
  /** Stable: `read_only`, `not_allowed`, `syntax`, `timeout`, `memory`, `cancelled`, `unavailable`, `failed`. */
  readonly code: QueryErrorCode;
  readonly hint?: string;
}

/** See `QueryRefusal`. */
export type QueryErrorCode =
  "read_only" | "not_allowed" | "syntax" | "timeout" | "memory" | "cancelled" | "unavailable" | "failed";
