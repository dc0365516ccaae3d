/** Runs work of @photostructure/sqlite; an error of the engine gets the name of its code, such as SQLITE_BUSY, as `code`. */
export function withErrorCode<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw withName(error);
  }
}

function withName(error: unknown): unknown {
  if (!(error instanceof Error) || !("sqliteCodeName" in error) || !("sqliteExtendedCode" in error)) return error;
  const { sqliteCodeName: name, sqliteExtendedCode: extended } = error;
  if (typeof name !== "string" || typeof extended !== "number") return error;
  // What an extended code adds is only told apart by its number.
  const code = extended > PRIMARY ? `${name}_${extended >> 8}` : name;
  return Object.assign(error, { code });
}

/** The largest code that is not an extended one. */
const PRIMARY = 0xff;
