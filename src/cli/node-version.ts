/** The versions of Node that work, as package.json has them. */
export const SUPPORTED_NODE = ">=22.12";

/** What to tell someone whose Node does not work; nothing when it does. Imports nothing, because an old Node reads this too. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return undefined;
  return [
    `error[INPUT_INVALID] bridle needs Node ${SUPPORTED_NODE}; this is ${version}.`,
    "fix: install a current Node from https://nodejs.org, or switch with your version manager.\n",
  ].join("\n");
}
