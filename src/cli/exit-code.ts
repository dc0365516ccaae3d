import type { ErrorCode } from "../protocol/errors.ts";

/** What the exit code of a command says; scripts rely on it. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  infrastructure: 3,
  inputRequired: 4,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The meaning of each exit code, for `bridle capabilities` and the manual. */
export const EXIT_MEANINGS: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: EXIT.ok, meaning: "done" },
  { code: EXIT.failed, meaning: "the command ran and what it was asked for failed" },
  { code: EXIT.usage, meaning: "the command line, a setting or the app is wrong" },
  {
    code: EXIT.infrastructure,
    meaning: "Temporal, a database, the state store or a provider cannot be reached or used",
  },
  { code: EXIT.inputRequired, meaning: "a person would have been asked; the message names the flag that answers" },
  { code: EXIT.interrupted, meaning: "stopped by SIGINT" },
  { code: EXIT.terminated, meaning: "stopped by a second SIGTERM" },
];

/** The exit code of a command that ended with this error. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code.startsWith("STORE_") || code.startsWith("TEMPORAL_")) return EXIT.infrastructure;
  return EXIT_CODES[code] ?? EXIT.failed;
}

const EXIT_CODES: Partial<Record<ErrorCode, ExitCode>> = {
  SPEC_INVALID: EXIT.usage,
  SPEC_MISSING: EXIT.usage,
  INPUT_INVALID: EXIT.usage,
  PROMPT_TOO_LARGE: EXIT.usage,
  AGENT_UNKNOWN: EXIT.usage,
  HOST_REFUSED: EXIT.usage,
  MODEL_KEY_MISSING: EXIT.usage,
  DATA_ENVIRONMENT_INVALID: EXIT.usage,
  TENANT_MISMATCH: EXIT.usage,
  TARGET_DATABASE_MISSING: EXIT.usage,
  CATALOG_MISSING: EXIT.usage,
  CATALOG_READ_ONLY: EXIT.usage,
  CATALOG_SEARCH_MISSING: EXIT.usage,
  KV_MISSING: EXIT.usage,
  DATABASE_UNAVAILABLE: EXIT.infrastructure,
  MODEL_UNREACHABLE: EXIT.infrastructure,
  NO_WORKER: EXIT.infrastructure,
  PORT_IN_USE: EXIT.infrastructure,
};
