import { StateError } from "../../protocol/errors.ts";
import { SQLITE_BUSY_TIMEOUT_MS } from "./sqlite-driver.ts";

/** What a failure of SQLite or of the file system means for the operator, or null when it is a defect of ours. `what` names the file's use. */
export function sqliteStateError(error: unknown, path: string, what = "state store"): StateError | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  const family = error.code.split("_").slice(0, 2).join("_");
  const meaning = MEANINGS[family];
  if (meaning === undefined) return null;
  return new StateError(meaning.code, `${what} ${path}: ${meaning.message} (${error.code}: ${error.message})`, {
    hint: meaning.hint,
    retryable: meaning.retryable,
    cause: error,
  });
}

interface Meaning {
  readonly code: "STORE_BUSY" | "STORE_FULL" | "STORE_CORRUPT" | "STORE_UNAVAILABLE";
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
}

const BUSY: Meaning = {
  code: "STORE_BUSY",
  message: `another process kept it locked for more than ${SQLITE_BUSY_TIMEOUT_MS} ms`,
  hint: "look for a backup or a shell that holds a transaction open on this file",
  retryable: true,
};

const FULL: Meaning = {
  code: "STORE_FULL",
  message: "no space is left to write",
  hint: "free space on the disk of this file; what was committed is safe and work goes on by itself",
  retryable: true,
};

const CORRUPT: Meaning = {
  code: "STORE_CORRUPT",
  message: "the file is damaged or not a database",
  hint: "restore the file from a backup, or move it away to start with an empty store",
  retryable: false,
};

const UNAVAILABLE: Meaning = {
  code: "STORE_UNAVAILABLE",
  message: "the file could not be read or written",
  hint: "check that the file, its -wal and -shm and their folder belong to the user of this process and that the disk works",
  retryable: true,
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  SQLITE_BUSY: BUSY,
  SQLITE_LOCKED: BUSY,
  SQLITE_PROTOCOL: BUSY,
  SQLITE_FULL: FULL,
  SQLITE_CORRUPT: CORRUPT,
  SQLITE_NOTADB: CORRUPT,
  SQLITE_IOERR: UNAVAILABLE,
  SQLITE_CANTOPEN: UNAVAILABLE,
  SQLITE_READONLY: UNAVAILABLE,
  SQLITE_PERM: UNAVAILABLE,
  SQLITE_AUTH: UNAVAILABLE,
  ENOSPC: FULL,
  EACCES: UNAVAILABLE,
  EPERM: UNAVAILABLE,
  EROFS: UNAVAILABLE,
  EIO: UNAVAILABLE,
  EISDIR: UNAVAILABLE,
  ENOTDIR: UNAVAILABLE,
  EEXIST: UNAVAILABLE,
};
