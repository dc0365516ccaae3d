import { setTimeout as delay } from "node:timers/promises";
import type { SqliteDatabase, SqliteStatement } from "../../sqlite/database.ts";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Dialect, Kysely } from "kysely";
import { errorCode } from "../../lib/error-code.ts";

/**
 * Kysely over one SQLite connection. Two things differ from Kysely's own driver: transactions begin with IMMEDIATE,
 * because a deferred one that reads before it writes fails for good when another process wrote in between; and a busy database
 * is waited for without blocking the event loop, because SQLite's own busy timeout would also stop the very code that holds the lock.
 */
export class SqliteDialect implements Dialect {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#database);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** How long a statement waits for a lock of another process before it fails with SQLITE_BUSY. */
export const SQLITE_BUSY_TIMEOUT_MS = 5000;

/** Runs synchronous database work again while another connection holds the lock. */
export async function whileBusy<Result>(work: () => Result, timeoutMs = SQLITE_BUSY_TIMEOUT_MS): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (let waitMs = 0; ; waitMs = Math.min(waitMs + 2, MAX_BUSY_WAIT_MS)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await delay(waitMs * (0.5 + Math.random()));
  }
}

const MAX_BUSY_WAIT_MS = 25;
/** Compiled statements kept per connection. */
const STATEMENT_CACHE_SIZE = 300;

function isBusy(error: unknown): boolean {
  return errorCode(error)?.startsWith("SQLITE_BUSY") === true;
}

class SqliteDriver implements Driver {
  readonly #database: SqliteDatabase;
  readonly #connection: SqliteConnection;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    await this.#connection.run("begin immediate");
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.run("commit");
  }

  /** A full disk ends the transaction by itself. */
  async rollbackTransaction(): Promise<void> {
    if (this.#database.inTransaction) await this.#connection.run("rollback");
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#database.close();
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#execute(query.sql, query.parameters);
  }

  async run(sql: string): Promise<void> {
    await this.#execute(sql, []);
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery(query);
  }

  #execute<Row>(sql: string, parameters: readonly unknown[]): QueryResult<Row> | Promise<QueryResult<Row>> {
    try {
      return this.#once(sql, parameters);
    } catch (error) {
      if (isBusy(error)) return whileBusy(() => this.#once(sql, parameters));
      throw error;
    }
  }

  #once<Row>(sql: string, parameters: readonly unknown[]): QueryResult<Row> {
    const statement = this.#statement(sql);
    // Kysely's own types say what a query returns; the driver cannot know it.
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
  }

  #statement(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size >= STATEMENT_CACHE_SIZE && oldest !== undefined) this.#statements.delete(oldest);
    this.#statements.set(sql, statement);
    return statement;
  }
}
