import { BridleError } from "bridle";

/** What went wrong, in words for whoever sits at the terminal, and the next step where one is known. */
export function explain(error: unknown): string {
  const said = `error: ${error instanceof Error ? error.message : String(error)}`;
  return error instanceof BridleError && error.hint !== undefined ? `${said}\nfix: ${error.hint}` : said;
}
