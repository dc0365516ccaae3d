import { errorCode } from "../../lib/error-code.ts";
import { StateError } from "../../protocol/errors.ts";

/** What a failure of Postgres means for the operator, or null when it is a defect of ours. `store` is an address without a password. */
export function postgresStateError(error: unknown, store: string, what = "state store"): StateError | null {
  if (!(error instanceof Error)) return null;
  const code = errorCode(error);
  const meaning = meaningOf(code, error.message);
  if (meaning === null) return null;
  return new StateError(
    meaning.code,
    `${what} ${store}: ${meaning.message} (${code ?? error.name}: ${error.message})`,
    {
      hint: meaning.hint,
      retryable: meaning.retryable,
      cause: error,
    },
  );
}

/** Whether the same transaction may simply be run again: a deadlock or a serialization failure undid all of it. */
export function isTransactionConflict(error: unknown): boolean {
  const code = errorCode(error);
  return code === "40P01" || code === "40001";
}

interface Meaning {
  readonly code: "STORE_BUSY" | "STORE_FULL" | "STORE_CORRUPT" | "STORE_UNAVAILABLE";
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
}

const UNREACHABLE: Meaning = {
  code: "STORE_UNAVAILABLE",
  message: "the database does not answer",
  hint: "check that Postgres runs and that its host and port can be reached from here",
  retryable: true,
};

const REFUSED: Meaning = {
  code: "STORE_UNAVAILABLE",
  message: "the database refused the connection",
  hint: "check the user, the password, the database name and the rights in its URL",
  retryable: false,
};

const READ_ONLY: Meaning = {
  code: "STORE_UNAVAILABLE",
  message: "the database is read-only",
  hint: "point the URL to the primary server; a replica cannot be written",
  retryable: true,
};

const BUSY: Meaning = {
  code: "STORE_BUSY",
  message: "other transactions are in the way",
  hint: "look at pg_stat_activity for transactions that stay open",
  retryable: true,
};

const FULL: Meaning = {
  code: "STORE_FULL",
  message: "no space is left to write",
  hint: "free space on the disk of the database; work goes on by itself",
  retryable: true,
};

const CORRUPT: Meaning = {
  code: "STORE_CORRUPT",
  message: "the database reports damaged data",
  hint: "restore the database from a backup",
  retryable: false,
};

const BY_STATE: Readonly<Record<string, Meaning>> = {
  "25006": READ_ONLY,
  "40001": BUSY,
  "40P01": BUSY,
  "53100": FULL,
  "53300": UNREACHABLE,
  "55P03": BUSY,
  "57014": BUSY,
  "57P01": UNREACHABLE,
  "57P02": UNREACHABLE,
  "57P03": UNREACHABLE,
  "57P05": UNREACHABLE,
  "25P03": UNREACHABLE,
  "25P04": UNREACHABLE,
  "3D000": REFUSED,
  "42501": REFUSED,
  XX001: CORRUPT,
  XX002: CORRUPT,
};

const BY_CLASS: Readonly<Record<string, Meaning>> = { "08": UNREACHABLE, "28": REFUSED, "53": BUSY };
const NETWORK = /^(E[A-Z]{3,}|UND_ERR|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|CERT_)/;
/** What the driver says without a code. */
const DISCONNECTED =
  /connection terminated|connection error|timeout exceeded when trying to connect|connection ended|socket/i;

function meaningOf(code: string | null, message: string): Meaning | null {
  if (code === null) return DISCONNECTED.test(message) ? UNREACHABLE : null;
  return BY_STATE[code] ?? BY_CLASS[code.slice(0, 2)] ?? (NETWORK.test(code) ? UNREACHABLE : null);
}
