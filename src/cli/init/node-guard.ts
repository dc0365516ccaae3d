/** The file that a project's scripts load before anything else. */
export const NODE_GUARD_FILE = "require-node.mjs";

/** What is in it: plain JavaScript that any Node reads, and the words for one that cannot run the project. */
export const NODE_GUARD = `// Loaded before the first .ts file, which an older Node cannot read and would refuse with a stack that helps nobody.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || major === 23 || (major === 22 && minor < 18)) {
  process.stderr.write(\`error: this project needs Node ^22.18.0 || >=24; this is \${process.versions.node}.\\n\`);
  process.stderr.write("fix: install a current Node from https://nodejs.org, or switch with your version manager.\\n");
  process.exit(2);
}
`;
