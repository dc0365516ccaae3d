import type { TargetLocation } from "../data-environment.ts";
import type { QueryOutcome } from "../port.ts";
import { PostgresReader } from "./postgres-reader.ts";
import type { BoundedQuery } from "./query-process-protocol.ts";
import { refusal } from "./refusal.ts";
import { sqliteAccess } from "./sqlite-access.ts";
import { runSqliteQuery } from "./sqlite-query.ts";
import { attemptSqliteWrite } from "./sqlite-write-attempt.ts";
import type { TargetAccess } from "./target-access.ts";
import type { WriteAttempt } from "./write-attempt.ts";

/** What a query process does for its parent. It never throws. */
export interface QueryRunner {
  query(query: BoundedQuery): Promise<QueryOutcome>;
  access(): Promise<TargetAccess>;
  attemptWrites(): Promise<readonly WriteAttempt[]>;
}

/** A runner for the database at that place; `functions` names those of the customer's that queries may call. */
export function openQueryRunner(location: TargetLocation, functions: readonly string[]): QueryRunner {
  if (location.kind === "postgres") {
    const reader = new PostgresReader(location, functions);
    return {
      query: (query) => reader.query(query),
      access: () => reader.access(),
      attemptWrites: () => reader.attemptWrites(),
    };
  }
  return {
    query: (query) => Promise.resolve(safely(() => runSqliteQuery(location.path, query))),
    access: () => Promise.resolve(sqliteAccess(location)),
    attemptWrites: () => Promise.resolve(attemptSqliteWrite(location)),
  };
}

function safely(run: () => QueryOutcome): QueryOutcome {
  try {
    return run();
  } catch (error) {
    return refusal("failed", error instanceof Error ? error.message : "the query failed");
  }
}
