import { join } from "node:path";
import { expect, test } from "vitest";
import { loggedCalls, loggedDispatcher } from "../../../../src/cli/crashtest/call-log.ts";
import { ActionRefusedError } from "../../../../src/specs/dispatchers/action-refused-error.ts";
import type { DispatchContext } from "../../../../src/specs/dispatchers/dispatch-context.ts";
import { normaliseDispatcher } from "../../../../src/specs/dispatchers/dispatcher.ts";
import { temporaryFolder } from "../../../helpers/temporary-folder.ts";

test("a call counts unless it was refused, one that threw counts too, and the calls of another plan do not", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "calls");
  let calls = 0;
  const dispatcher = loggedDispatcher(
    normaliseDispatcher(() => {
      calls += 1;
      if (calls === 1) throw new ActionRefusedError("refused");
      if (calls === 2) throw new TypeError("no JSON");
      return null;
    }),
    file,
  );
  const action = { index: 3, kind: "hold", payload: {}, references: [] };
  // The dispatcher under test reads nothing else of it.
  const context = { planId: "p1" } as DispatchContext;

  await expect(dispatcher.apply([action], context)).rejects.toThrow("refused");
  await expect(dispatcher.apply([action], context)).rejects.toThrow("no JSON");
  await dispatcher.apply([action], context);

  expect(Object.fromEntries(loggedCalls(file, "p1"))).toEqual({ 3: 2 });
  expect(loggedCalls(file, "p2").size).toBe(0);
});
