/** What went wrong, in words for whoever sits at the terminal, and the next step where one is known. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const { code, hint } = error as Error & { readonly code?: unknown; readonly hint?: unknown }; // read as unknown
  if (typeof code === "string" && UNWRITABLE.test(code)) {
    return `error: a file could not be written (${error.message}).\nfix: free space on the disk, then run the same command again; it goes on with what is whole.`;
  }
  return typeof hint === "string" && hint !== "" ? `error: ${error.message}\nfix: ${hint}` : `error: ${error.message}`;
}

/** A disk without room, a quota, a limit on the size of files, and what SQLite makes of them. */
const UNWRITABLE = /^(?:ENOSPC|EDQUOT|EFBIG|SQLITE_FULL|SQLITE_IOERR)/u;
