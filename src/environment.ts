/**
 * The one place outside the command line that reads the environment of the process, so that library code gets it as a value.
 */

/** The variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A look at the environment as it is now. */
export function processEnvironment(): Environment {
  return { ...process.env };
}
