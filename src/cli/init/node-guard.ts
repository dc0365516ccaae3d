/** What a new project needs: more than the package, because from 22.18 on Node runs its .ts files without a flag. */
export const PROJECT_NODE = "^22.18.0 || >=24";

/** Whether a new project runs under this version of Node. */
export function isProjectNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major >= 24 || (major === 22 && minor >= 18);
}

/** The file that a project's scripts load before anything else. */
export const NODE_GUARD_FILE = "require-node.mjs";

/** What is in it: plain JavaScript that any Node reads, and the words for one that cannot run the project. */
export const NODE_GUARD = `// Loaded before the first .ts file, which an older Node cannot read and would refuse with a stack that helps nobody.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || major === 23 || (major === 22 && minor < 18)) {
  process.stderr.write(\`error: this project needs Node ${PROJECT_NODE}; this is \${process.versions.node}.\\n\`);
  process.stderr.write("fix: install a current Node from https://nodejs.org, or switch with your version manager.\\n");
  process.exit(2);
}
`;
