import { pathToFileURL } from "node:url";
import type * as portable from "@photostructure/sqlite";
import type { SqliteDatabase, SqliteOptions } from "./database.ts";
import { withErrorCode } from "./portable-errors.ts";
import { PortableStatement } from "./portable-statement.ts";

/** What the package exports. */
export type PortableDriver = typeof portable;

/** A connection of @photostructure/sqlite that behaves as one of better-sqlite3 does. */
export class PortableDatabase implements SqliteDatabase {
  readonly name: string;
  readonly #connection: portable.DatabaseSyncInstance;

  constructor(driver: PortableDriver, path: string, options: SqliteOptions) {
    this.name = path;
    const { readonly: readOnly = false, fileMustExist = false, timeout = DEFAULT_TIMEOUT_MS } = options;
    const location = fileMustExist ? new URL("?mode=rw", pathToFileURL(path)) : path;
    this.#connection = withErrorCode(() => new driver.DatabaseSync(readOnly ? path : location, { readOnly, timeout }));
    withErrorCode(() => this.#connection.exec(`pragma cache_size = ${CACHE_SIZE}`));
  }

  get open(): boolean {
    return this.#connection.isOpen;
  }

  get inTransaction(): boolean {
    return this.open && this.#connection.isTransaction;
  }

  prepare(sql: string): PortableStatement {
    return new PortableStatement(this.#connection, sql);
  }

  exec(sql: string): void {
    withErrorCode(() => this.#connection.exec(sql));
  }

  pragma(source: string, { simple = false }: { readonly simple?: boolean } = {}): unknown {
    const statement = this.prepare(`pragma ${source}`);
    return simple ? statement.pluck().get() : statement.all();
  }

  close(): void {
    if (this.open) this.#connection.close();
  }
}

/** What better-sqlite3 waits when it is not told, and the cache that it is built with. */
const DEFAULT_TIMEOUT_MS = 5000;
const CACHE_SIZE = -16_000;
