/** What came of a write that must fail. Wherever it gets through it is rolled back, and it never names a row. */
export interface WriteAttempt {
  /** Tried on a connection like those of queries, or with all the rights of the login. */
  readonly as: "query" | "login";
  readonly statement: string;
  readonly outcome: "refused" | "went_through" | "unavailable";
  /** What the database said; empty when it did not object. */
  readonly text: string;
}
