import type { Json } from "../../protocol/json.ts";
import type { TargetLocation } from "../data-environment.ts";
import type { QueryOutcome } from "../port.ts";
import type { TargetAccess } from "./target-access.ts";
import type { WriteAttempt } from "./write-attempt.ts";

/** What the parent sends to a query process: first where the database is, then one request at a time. */
export type QueryProcessInput =
  | { readonly kind: "open"; readonly location: TargetLocation; readonly functions: readonly string[] }
  | { readonly kind: "query"; readonly query: BoundedQuery }
  | { readonly kind: "access" }
  | { readonly kind: "attempt-write" };

/** What it says: once that it has started, then an answer to each request. */
export type QueryProcessOutput = { readonly kind: "ready" } | QueryProcessAnswer;

/** The answer to one request. A process that has grown asks to be replaced. */
export type QueryProcessAnswer =
  | { readonly kind: "outcome"; readonly outcome: QueryOutcome; readonly isWorn: boolean }
  | { readonly kind: "access"; readonly access: TargetAccess; readonly isWorn: boolean }
  | { readonly kind: "attempts"; readonly attempts: readonly WriteAttempt[]; readonly isWorn: boolean };

/** A query with all its limits. */
export interface BoundedQuery {
  readonly sql: string;
  readonly params: readonly Json[];
  readonly rows: number;
  readonly bytes: number;
  readonly timeMs: number;
}
