import { InputError } from "../../protocol/errors.ts";
import {
  DEFAULT_QUERY_BYTES,
  DEFAULT_QUERY_ROWS,
  DEFAULT_QUERY_TIME_MS,
  MAX_QUERY_BYTES,
  MAX_QUERY_ROWS,
  MAX_QUERY_TIME_MS,
  QUERY_KILL_GRACE_MS,
  QUERY_PARAMS,
} from "../../protocol/limits/query.ts";
import type { Json } from "../../protocol/json.ts";
import type { TargetLocation } from "../data-environment.ts";
import type { QueryLimits, QueryOutcome, TableName, TargetDatabase } from "../port.ts";
import { timeoutRefusal } from "./postgres-errors.ts";
import { type PoolEnd, QueryPool } from "./query-pool.ts";
import type { BoundedQuery } from "./query-process-protocol.ts";
import { refusal } from "./refusal.ts";
import type { TargetAccess } from "./target-access.ts";
import type { WriteAttempt } from "./write-attempt.ts";

/** What may be said about a target besides where it is. */
export interface TargetDatabaseOptions {
  /** Functions of the customer's own, as `schema.name`, that queries on Postgres may call. */
  readonly functions?: readonly string[];
}

/**
 * Opens a customer's database to read. Nothing is started before the first query; queries run in processes of their own, which
 * do not keep this one alive.
 */
export function openTarget(location: TargetLocation, options: TargetDatabaseOptions = {}): InspectableTarget {
  const pool = new QueryPool(location, options.functions ?? []);
  const query = async (sql: string, params: readonly Json[] = [], limits: QueryLimits = {}): Promise<QueryOutcome> => {
    if (params.length > QUERY_PARAMS)
      return refusal("not_allowed", `a query takes at most ${QUERY_PARAMS} parameters, got ${params.length}`);
    const bounded = boundedQuery(sql, params, limits);
    const grace = location.kind === "postgres" ? QUERY_KILL_GRACE_MS : 0;
    const answer = await pool.run(
      { kind: "query", query: bounded },
      { timeMs: bounded.timeMs + grace, signal: limits.signal },
    );
    if (typeof answer === "string") return endRefusal(answer, bounded.timeMs);
    return answer.kind === "outcome" ? answer.outcome : refusal("failed", "the query process gave another answer");
  };
  return {
    kind: location.kind,
    schema: location.schema,
    query,
    sample: async (table, rows = SAMPLE_ROWS) =>
      await query(sampleSql(location, table, boundedCount("rows", rows, MAX_QUERY_ROWS))),
    access: async () => {
      const answer = await pool.run({ kind: "access" }, { timeMs: DEFAULT_QUERY_TIME_MS });
      return typeof answer !== "string" && answer.kind === "access" ? answer.access : unknownAccess(location);
    },
    attemptWrites: async () => {
      const answer = await pool.run({ kind: "attempt-write" }, { timeMs: DEFAULT_QUERY_TIME_MS });
      if (typeof answer !== "string" && answer.kind === "attempts") return answer.attempts;
      return [{ as: "query", statement: "", outcome: "unavailable", text: UNANSWERED }];
    },
    close: () => {
      pool.close();
      return Promise.resolve();
    },
  };
}

/** A target whose login can be examined, as `bridle doctor` does. */
export interface InspectableTarget extends TargetDatabase {
  /** What the login could do if the harness did not stop it. */
  access(): Promise<TargetAccess>;
  /** Tries to write, which must fail; whatever gets through is rolled back. */
  attemptWrites(): Promise<readonly WriteAttempt[]>;
}

const SAMPLE_ROWS = 5;

function boundedQuery(sql: string, params: readonly Json[], limits: QueryLimits): BoundedQuery {
  return {
    sql,
    params,
    rows: boundedCount("rows", limits.rows ?? DEFAULT_QUERY_ROWS, MAX_QUERY_ROWS),
    bytes: boundedCount("bytes", limits.bytes ?? DEFAULT_QUERY_BYTES, MAX_QUERY_BYTES),
    timeMs: boundedCount("timeMs", limits.timeMs ?? DEFAULT_QUERY_TIME_MS, MAX_QUERY_TIME_MS),
  };
}

function boundedCount(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new InputError(
    "INPUT_INVALID",
    `${name} of a query must be a whole number from 1 to ${max}, got ${String(value)}`,
  );
}

function sampleSql(location: TargetLocation, table: TableName, rows: number): string {
  const schema = location.kind === "sqlite" && table.schema === "public" ? "main" : (table.schema ?? location.schema);
  const name = [schema, table.name].map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
  return `SELECT * FROM ${name} LIMIT ${rows}`;
}

function endRefusal(end: PoolEnd, timeMs: number): QueryOutcome {
  switch (end) {
    case "timeout":
      return timeoutRefusal(timeMs);
    case "cancelled":
      return refusal("cancelled", "the query was cancelled");
    case "memory":
      return refusal(
        "memory",
        "the query was stopped because it needs too much memory",
        "Ask for fewer or smaller values.",
      );
    case "busy":
      return refusal("unavailable", "too many queries wait for the target database", "Try again later.");
    case "closed":
      return refusal("unavailable", "the target database is closed");
    case "crashed":
      return refusal("failed", "the query process ended unexpectedly", "Try again, or ask in another way.");
  }
}

const UNANSWERED = "the query process did not answer";

function unknownAccess(location: TargetLocation): TargetAccess {
  return {
    kind: location.kind,
    login: null,
    isReadOnly: false,
    findings: [{ code: "unavailable", text: UNANSWERED }],
    advice: null,
  };
}
