import { expect, test } from "vitest";
import { type DataScope, unlessStopped } from "../../../../src/cli/open/open-data.ts";

function scope(asked: Promise<NodeJS.Signals>): DataScope {
  const stop = { asked, signal: new AbortController().signal, exitCode: () => 130 as const, release: () => undefined };
  // Only the stop signal is looked at.
  return { stop } as DataScope;
}

test("what only reads ends with the first signal, and else with its result", async () => {
  const never = new Promise<never>(() => undefined);

  await expect(unlessStopped(scope(Promise.resolve("SIGINT")), never)).rejects.toThrow("stopped by SIGINT");
  expect(await unlessStopped(scope(never), Promise.resolve("read"))).toBe("read");
});
