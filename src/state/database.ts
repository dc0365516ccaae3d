import type { Kysely, Transaction } from "kysely";
import type { StoreFile } from "./port.ts";
import type { StateTables } from "./schema.ts";

/**
 * A database as the sub-stores use it. Everything that differs between SQLite and Postgres is behind it: transaction mode,
 * row locks, errors, and how other processes learn of new events.
 */
export interface StateDatabase {
  readonly kind: "sqlite" | "postgres";
  /** Whether rows that are read to be changed must be locked by `for update`; SQLite locks the whole database instead. */
  readonly locksRows: boolean;
  migrate(): Promise<void>;
  /** Queries that change nothing. */
  read<Result>(work: (db: Kysely<StateTables>) => Promise<Result>): Promise<Result>;
  /** One statement that is atomic by itself. */
  statement<Result>(work: (db: Kysely<StateTables>) => Promise<Result>): Promise<Result>;
  /** A transaction that may run more than once, so `work` must have no effect besides its statements. */
  write<Result>(work: (tx: Transaction<StateTables>) => Promise<Result>): Promise<Result>;
  /** The same, on the disk before it resolves: a power cut takes none of it, nor of anything that was written before. */
  writeToLast<Result>(work: (tx: Transaction<StateTables>) => Promise<Result>): Promise<Result>;
  /** Tells other processes that a topic has news; losing one only delays them. */
  announce(topic: string): void;
  /** Calls back when other processes may have written: with the topic, or null when it can be any. Returns how to stop. */
  watch(onNews: (topic: string | null) => void): () => void;
  describe(): readonly StoreFile[];
  close(): Promise<void>;
}

/** Tenant and workspace as the first key columns of a row. */
export interface ScopeKey {
  readonly tenant: string;
  readonly workspace: string;
}

/** A transaction on the rows of one scope. */
export interface ScopedTransaction {
  readonly tx: Transaction<StateTables>;
  readonly scope: ScopeKey;
  readonly locksRows: boolean;
}
