import type { DatabaseSyncInstance, StatementSyncInstance } from "@photostructure/sqlite";
import type { SqliteColumn, SqliteStatement } from "./database.ts";
import { withErrorCode } from "./portable-errors.ts";
import { type ScannedSql, scanSql } from "./scan-sql.ts";

/** A statement of @photostructure/sqlite that behaves as one of better-sqlite3 does. */
export class PortableStatement implements SqliteStatement {
  readonly #connection: DatabaseSyncInstance;
  readonly #sql: string;
  readonly #statement: StatementSyncInstance;
  readonly #scanned: ScannedSql;
  #shape: "object" | "list" | "value" = "object";
  #integers: "number" | "bigint" = "number";

  constructor(connection: DatabaseSyncInstance, sql: string) {
    this.#connection = connection;
    this.#sql = sql;
    this.#scanned = scanSql(sql);
    if (this.#scanned.hasMore) throw new RangeError("The supplied SQL string contains more than one statement");
    this.#statement = withErrorCode(() => connection.prepare(sql));
    // So that a large integer is never an error, a name that stands twice loses no value, and a value nobody asks for is left.
    this.#statement.setReturnArrays(true);
    this.#statement.setReadBigInts(true);
    this.#statement.setAllowUnknownNamedParameters(true);
  }

  get reader(): boolean {
    return this.columns().length > 0;
  }

  /**
   * The engine names every kind of access while it prepares a statement; nothing is run. It names none for a few that only
   * maintain the file, but those give no rows.
   */
  get readonly(): boolean {
    let isReading = this.reader;
    this.#connection.setAuthorizer((action) => {
      if (!READING.has(action)) isReading = false;
      return ALLOWED;
    });
    try {
      withErrorCode(() => this.#connection.prepare(this.#sql));
    } finally {
      this.#connection.setAuthorizer(null);
    }
    return isReading;
  }

  all(...params: readonly unknown[]): unknown[] {
    const rows = withErrorCode(() => this.#statement.all(...this.#bound(params)));
    return rows.map(this.#shaper());
  }

  get(...params: readonly unknown[]): unknown {
    const row: unknown = withErrorCode(() => this.#statement.get(...this.#bound(params)));
    return row === undefined ? undefined : this.#shaper()(row);
  }

  run(...params: readonly unknown[]): ReturnType<SqliteStatement["run"]> {
    const { changes, lastInsertRowid } = withErrorCode(() => this.#statement.run(...this.#bound(params)));
    return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
  }

  *iterate(...params: readonly unknown[]): Generator {
    const rows = withErrorCode(() => this.#statement.iterate(...this.#bound(params)));
    let shape: ((row: unknown) => unknown) | undefined;
    try {
      for (;;) {
        const next = withErrorCode(() => rows.next());
        if (next.done === true) return;
        shape ??= this.#shaper();
        yield shape(next.value);
      }
    } finally {
      rows.return?.();
    }
  }

  columns(): readonly SqliteColumn[] {
    return this.#statement.columns();
  }

  raw(): this {
    this.#shape = "list";
    return this;
  }

  pluck(): this {
    this.#shape = "value";
    return this;
  }

  safeIntegers(): this {
    this.#integers = "bigint";
    return this;
  }

  /** A list of values may be handed over as one, as Kysely does. The engine would take NULL for what is missing. */
  #bound(params: readonly unknown[]): Bindable {
    const values = params.flat();
    const [first] = values;
    const { parameters, names } = this.#scanned;
    if (isNamed(first)) {
      const missing = names.find((name) => !Object.hasOwn(first, name));
      if (missing !== undefined) throw new RangeError(`Missing named parameter "${missing}"`);
    } else if (values.length !== parameters) {
      throw new RangeError(`Too ${values.length < parameters ? "few" : "many"} parameter values were provided`);
    }
    for (const value of isNamed(first) ? Object.values(first) : values) refuseUnbindable(value);
    // Just looked at, one by one.
    return values as Bindable;
  }

  /** The names are asked for after the query has run: a changed schema may have changed them. */
  #shaper(): (row: unknown) => unknown {
    const names = this.#shape === "object" ? this.columns().map(({ name }) => name) : [];
    return (row) => {
      // Rows are lists since the statement was prepared.
      const values = (row as readonly unknown[]).map((value) => this.#value(value));
      if (this.#shape === "value") return values[0];
      return this.#shape === "list" ? values : Object.fromEntries(names.map((name, at) => [name, values[at]]));
    };
  }

  #value(value: unknown): unknown {
    if (typeof value === "bigint" && this.#integers === "number") return Number(value);
    if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return value;
  }
}

type Bindable = Parameters<StatementSyncInstance["all"]>;

function isNamed(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}

function refuseUnbindable(value: unknown): void {
  const isPlain = value === null || ["undefined", "string", "number", "bigint"].includes(typeof value);
  if (!isPlain && !ArrayBuffer.isView(value)) throw new TypeError(`SQLite cannot bind a value of type ${typeof value}`);
  // Postgres keeps no such text either.
  if (typeof value === "string" && value.includes("\0"))
    throw new RangeError("This driver would cut a text at its NUL character");
}

/** SQLITE_READ, SQLITE_SELECT, SQLITE_FUNCTION and SQLITE_RECURSIVE: every other action changes something or might. */
const READING: ReadonlySet<number> = new Set([20, 21, 31, 33]);
const ALLOWED = 0;
