import type { Kysely, RawBuilder } from "kysely";
import type { StateTables } from "../schema.ts";

/** What a migration must leave to the database it runs on. */
export interface ColumnTypes {
  /** Text compared byte by byte, so that both databases order keys alike. */
  readonly key: RawBuilder<unknown>;
  readonly bytes: RawBuilder<unknown>;
  /** Put after a table whose rows are small and read by primary key. */
  readonly clustered: RawBuilder<unknown>;
}

/** One numbered change of the schema; it runs once, inside the transaction that records it. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: (db: Kysely<StateTables>, types: ColumnTypes) => Promise<void>;
}
