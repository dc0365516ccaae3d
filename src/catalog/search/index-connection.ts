import type SqliteDatabase from "better-sqlite3";

/** One connection to an index file, with every statement prepared once. */
export class IndexConnection {
  readonly #database: SqliteDatabase.Database;
  readonly #statements = new Map<string, SqliteDatabase.Statement>();

  constructor(database: SqliteDatabase.Database) {
    this.#database = database;
  }

  /** The statement of a text, which must be a constant, because statements are kept as long as the connection. */
  statement(sql: string): SqliteDatabase.Statement {
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
    return this.#database.transaction(work)();
  }

  /** A transaction that nobody else writes during, from its first read on. */
  writeTransaction<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate();
  }

  close(): void {
    this.#database.close();
  }
}
