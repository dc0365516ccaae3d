/** A connection to a SQLite file: the part of better-sqlite3 that this project uses, which its own class has as it is. */
export interface SqliteDatabase {
  /** The path as it was given. */
  readonly name: string;
  readonly open: boolean;
  readonly inTransaction: boolean;
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  /** The rows that a PRAGMA gives; with `simple` the first value of the first row. */
  pragma(source: string, options?: { readonly simple?: boolean }): unknown;
  close(): unknown;
}

/** A prepared statement. What it returns is untyped: each caller knows its own SQL. */
export interface SqliteStatement {
  /** Whether it returns rows. */
  readonly reader: boolean;
  /** Whether it gives rows and is known to leave the database as it is; the two drivers differ in statements that only settle how to work. */
  readonly readonly: boolean;
  all(...params: readonly unknown[]): unknown[];
  get(...params: readonly unknown[]): unknown;
  run(...params: readonly unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  iterate(...params: readonly unknown[]): IterableIterator<unknown>;
  columns(): readonly SqliteColumn[];
  /** Rows become lists of values. */
  raw(): SqliteStatement;
  /** Rows become their first value. */
  pluck(): SqliteStatement;
  /** Integers become bigints, however large they are. */
  safeIntegers(): SqliteStatement;
}

/** A column of a result, and where it comes from when it is one of a table. */
export interface SqliteColumn {
  readonly name: string;
  readonly column: string | null;
  readonly table: string | null;
}

/** How a file is opened. */
export interface SqliteOptions {
  readonly readonly?: boolean;
  readonly fileMustExist?: boolean;
  /** How long a statement blocks, in milliseconds, while another process holds the lock. */
  readonly timeout?: number;
}
