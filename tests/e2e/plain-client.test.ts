import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { runtimeSpec } from "../../examples/first-turn/app.ts";
import { openRuntime } from "../helpers/open-runtime.ts";

test("the example that uses nothing but the Temporal client runs a turn and prints its result", async () => {
  await using open = await openRuntime(runtimeSpec, { workspace: "default" });
  const script = join(import.meta.dirname, "..", "..", "examples", "plain-client", "ask.ts");
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: inject("temporalAddress"),
    TEMPORAL_TASK_QUEUE: open.session.taskQueue,
  };

  const { stdout } = await promisify(execFile)(process.execPath, [script, "ping", "stock_analyst"], { env });

  expect(JSON.parse(stdout)).toMatchObject({ status: "completed", finish: "stop", text: "ping" });
});
