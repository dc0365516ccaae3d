import { closeSync, fchmodSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { BridleError, StateError } from "../../protocol/errors.ts";
import { openDatabase } from "../../sqlite/open-database.ts";
import { sqliteStateError } from "../../state/sqlite/sqlite-errors.ts";
import { IndexConnection } from "./index-connection.ts";

/**
 * The SQLite file of search indexes. Each scope has its own, made of numbered generations: a new one is written beside the old,
 * which serves until a single statement points to the new one. Nothing is ever renamed, so a write-ahead log always fits its file.
 */
export class IndexFile {
  readonly path: string;
  #connection: IndexConnection | null = null;
  #inode = 0;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** The open connection, opened anew when the file was put in place anew; fails with INDEX_MISSING when there is none. */
  open(): IndexConnection {
    const inode = statSync(this.path, { throwIfNoEntry: false })?.ino;
    if (inode === undefined) {
      this.close();
      throw missingIndex(this.path);
    }
    if (this.#connection !== null && this.#inode === inode) return this.#connection;
    this.close();
    this.#connection = this.explained(() => connect(this.path));
    this.#inode = inode;
    return this.#connection;
  }

  /** Opens it to be rebuilt: creates a missing file, and puts a damaged one aside, because it may be somebody's file that the path names by mistake. */
  openOrReplace(): IndexConnection {
    this.explained(() => create(this.path));
    try {
      return this.#openWithTables();
    } catch (error) {
      if (!(error instanceof BridleError) || error.code !== "INDEX_CORRUPT") throw error;
    }
    this.close();
    this.explained(() => setAside(this.path));
    this.explained(() => create(this.path));
    return this.#openWithTables();
  }

  /** Runs work on the database; what SQLite reports of the file becomes a coded error. */
  explained<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw indexError(error, this.path);
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  #openWithTables(): IndexConnection {
    const connection = this.open();
    this.explained(() => connection.execute(SCHEMA));
    return connection;
  }
}

/** There is no index of this scope. */
export function missingIndex(path: string): StateError {
  return new StateError("INDEX_MISSING", `the search index ${path} has not been built for this workspace`, {
    hint: REBUILD,
  });
}

/** The index does not show the catalog as it is. */
export function staleIndex(path: string, why: string): StateError {
  return new StateError("INDEX_STALE", `the search index ${path} is stale: ${why}`, { hint: REBUILD });
}

/** The command that mends every index. */
const REBUILD = "run: bridle data catalog index rebuild --data-environment FILE";

const SCHEMA = `
  create table if not exists search_indexes(
    tenant text not null, workspace text not null, generation integer not null, format integer not null,
    revision text not null, version integer not null, means text not null, primary key (tenant, workspace));
  create table if not exists generations(generation integer primary key autoincrement,
    tenant text not null, workspace text not null, started_at text not null);
  create table if not exists documents(
    generation integer not null, ordinal integer not null, id text not null, item_type text not null, parent text not null,
    name text not null, qualified_name text not null, database text not null, factor real not null,
    names text not null, stems text not null, body text not null, primary key (generation, ordinal)) without rowid;
  create unique index if not exists documents_by_id on documents(generation, id);
  create index if not exists documents_by_parent on documents(generation, parent);
  create table if not exists lanes(generation integer not null, block integer not null, data blob not null,
    primary key (generation, block)) without rowid;
  create table if not exists databases(generation integer not null, number integer not null, name text not null,
    primary key (generation, number));
  create table if not exists links(generation integer not null, source text not null, target text not null,
    is_guess integer not null, primary key (generation, source, target)) without rowid;
  create index if not exists links_back on links(generation, target);
  create table if not exists postings(
    generation integer not null, stem text not null, block integer not null, data blob not null);
  create unique index if not exists postings_by_stem on postings(generation, stem, block);
  create virtual table if not exists spellings using fts5(stem, generation unindexed, tokenize = 'trigram');
`;

function connect(path: string): IndexConnection {
  const database = openDatabase(path, { fileMustExist: true, timeout: BUSY_MS });
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    database.prepare("select count(*) from sqlite_master").get();
    return new IndexConnection(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Writers of an index hold its lock for milliseconds. */
const BUSY_MS = 5_000;

function create(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // A log that is left of a removed file would be read into the new one.
  for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  const file = openSync(path, "a", 0o600);
  fchmodSync(file, 0o600);
  closeSync(file);
}

function setAside(path: string): void {
  renameSync(path, `${path}.damaged-${Date.now()}`);
}

function indexError(error: unknown, path: string): unknown {
  if (error instanceof BridleError) return error;
  const known = sqliteStateError(error, path, "search index");
  const isEmptied = error instanceof Error && /no such (?:table|column)/.test(error.message);
  if (known?.code !== "STORE_CORRUPT" && !isEmptied) return known ?? error;
  return new StateError("INDEX_CORRUPT", `the search index ${path} is damaged or another kind of file`, {
    hint: REBUILD,
    cause: error,
  });
}
