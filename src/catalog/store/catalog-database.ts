import type { Kysely, RawBuilder, Transaction } from "kysely";
import type { CatalogTables } from "./catalog-tables.ts";

/** A database that holds catalogs; what differs between SQLite and Postgres is behind it. */
export interface CatalogDatabase {
  /** The file or address for people, without a password. */
  readonly label: string;
  /** Queries that change nothing. */
  read<Result>(work: (db: Kysely<CatalogTables>) => Promise<Result>): Promise<Result>;
  /** A transaction; nobody else writes to a catalog of this database meanwhile. */
  write<Result>(work: (tx: Transaction<CatalogTables>) => Promise<Result>): Promise<Result>;
  /** Whether the tables of a catalog are there, in any version. */
  hasTables(): Promise<boolean>;
  /** Creates what is missing. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** What a migration must leave to the database it runs on. */
export interface CatalogColumnTypes {
  /** Text compared byte by byte, so that both databases order ids alike. */
  readonly key: RawBuilder<unknown>;
}
