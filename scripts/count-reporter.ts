/** Ends a test run with `N passed, N failed` alone on a line; skipped tests are named first, because a skipped test proves nothing. */
import type { Reporter, SerializedError, TestModule } from "vitest/node";

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed").length;
    const unfinished = tests.filter((test) => !["passed", "failed"].includes(test.result().state));
    // A file that cannot be loaded, or an error outside every test, fails the run without failing a test.
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = tests.length - passed - unfinished.length + broken + errors.length;
    process.once("exit", () => {
      for (const test of unfinished) console.log(`NOT RUN: ${test.module.moduleId} > ${test.fullName}`);
      const skipped = unfinished.length === 0 ? "" : `, ${unfinished.length} skipped`;
      // A run that failed before or after its tests has a failure too, or its last line would say otherwise.
      const count = failed === 0 && process.exitCode !== 0 && process.exitCode !== undefined ? 1 : failed;
      console.log(`${passed} passed, ${count} failed${skipped}`);
    });
  }
}
