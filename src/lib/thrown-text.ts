/** Whatever was thrown, as text. Anything can be thrown, also what cannot be made a text of; this never throws itself. */
export function thrownText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "something was thrown that has no text";
  }
}
