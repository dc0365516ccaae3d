import type { SqliteDatabase, SqliteStatement } from "../../sqlite/database.ts";
import { transact } from "../../sqlite/transact.ts";

/** One connection to an index file, with every statement prepared once. */
export class IndexConnection {
  readonly #database: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** The statement of a text, which must be a constant, because statements are kept as long as the connection. */
  statement(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs statements that give no rows. */
  execute(sql: string): void {
    this.#database.exec(sql);
  }

  /** Reads that all see the index at one moment, or writes that happen together. */
  transaction<Result>(work: () => Result): Result {
    return transact(this.#database, "deferred", work);
  }

  /** A transaction that nobody else writes during, from its first read on. */
  writeTransaction<Result>(work: () => Result): Result {
    return transact(this.#database, "immediate", work);
  }

  close(): void {
    this.#database.close();
  }
}
