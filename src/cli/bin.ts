#!/usr/bin/env node
/**
 * The command itself. Nothing is imported before the version of Node is known to be good, because an old one would fail
 * on the imports with words that help nobody.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || major === 23 || (major === 22 && minor < 14)) {
  process.stderr.write(`error[INPUT_INVALID] bridle needs Node ^22.14.0 || >=24; this is ${process.versions.node}.\n`);
  process.stderr.write("fix: install a current Node from https://nodejs.org, or switch with your version manager.\n");
  process.exitCode = 2;
} else {
  // Whoever reads our output may stop reading: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  process.stderr.on("error", () => undefined);
  void import("./main.ts").then(async ({ main }) => {
    const exitCode = await main(process.argv.slice(2));
    // Written to the end first; then out, whatever timers a library left behind.
    process.stdout.write("", () => process.exit(exitCode));
  });
}
