/** Whatever was thrown, as text with its name. Anything can be thrown, also what cannot be made a text of; this never throws itself. */
export function thrownText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "something was thrown that has no text";
  }
}

/** The same without the name of an error: for sentences that say themselves what failed. */
export function thrownMessage(error: unknown): string {
  return error instanceof Error ? error.message : thrownText(error);
}
