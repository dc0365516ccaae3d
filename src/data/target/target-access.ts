/** What the login of a target database could do if the harness did not stop it. */
export interface TargetAccess {
  readonly kind: "sqlite" | "postgres";
  /** Who reads: the login, or the user of the process. Null when the database could not be reached. */
  readonly login: string | null;
  /** True when the login itself cannot write; the harness reads only, either way. */
  readonly isReadOnly: boolean;
  readonly findings: readonly TargetAccessFinding[];
  /** SQL that makes a login for reading only; null for SQLite. */
  readonly advice: string | null;
}

/** One thing that the login may do beyond reading, or why it could not be found out. */
export interface TargetAccessFinding {
  readonly code: "unavailable" | "superuser" | "privileged" | "writable" | "can_create" | "file_writable";
  readonly text: string;
}
