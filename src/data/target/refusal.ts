import type { QueryErrorCode, QueryRefusal } from "../port.ts";

/** The outcome of a query that gave no rows. */
export function refusal(code: QueryErrorCode, error: string, hint?: string): QueryRefusal {
  return hint === undefined ? { error, code } : { error, code, hint };
}

/** What everything that is not one SELECT gets. */
export function readOnlyRefusal(received: string): QueryRefusal {
  return refusal(
    "read_only",
    `read-only target database: only SELECT statements are allowed, received ${received}`,
    "Send one SELECT or WITH statement. Changes go through a plan.",
  );
}

/** What a SELECT gets that would do more than read the target's own data. */
export function notAllowed(what: string, why: string): QueryRefusal {
  return refusal("not_allowed", `${what} is not allowed in a query: ${why}`, "Write the query without it.");
}
