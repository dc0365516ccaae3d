/** The code that Node and database drivers put on their errors, such as ENOENT; null when there is none. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
