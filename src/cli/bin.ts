#!/usr/bin/env node
/**
 * The command itself. Nothing else is imported before the version of Node is known to be good, because an old one would fail
 * on the imports with words that help nobody.
 */
import { nodeProblem } from "./node-version.ts";

const problem = nodeProblem(process.versions.node);

if (problem !== undefined) {
  process.stderr.write(problem);
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
