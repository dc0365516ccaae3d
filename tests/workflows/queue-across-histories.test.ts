/** On a server that suggests continue-as-new early, so that a turn is cut after its first tools. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { expect, inject, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { openRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { readUntil } from "../helpers/read-events.ts";

test(
  "a queued run that was cancelled is closed also when the run before it goes on in a fresh history",
  { timeout: 60_000 },
  async () => {
    const cli = await locateTemporalCli({ env: process.env, home: join(import.meta.dirname, "..", "..", ".cache") });
    const port = 17_000 + Math.floor(Math.random() * 2_000);
    const server = spawn(
      cli,
      [
        "server",
        "start-dev",
        "--headless",
        "--port",
        String(port),
        "--http-port",
        "0",
        "--log-level",
        "never",
        "--dynamic-config-value",
        "limit.historyCount.suggestContinueAsNew=8",
      ],
      { stdio: "ignore" },
    );
    try {
      const address = `127.0.0.1:${port}`;
      await expect
        .poll(
          async () => {
            const connection = await Connection.connect({ address, connectTimeout: 500 }).catch(() => undefined);
            if (connection === undefined) return false;
            const found = await new Client({ connection }).workflow
              .getHandle("x")
              .describe()
              .catch((error: Error) => error.name);
            await connection.close();
            return found === "WorkflowNotFoundError";
          },
          { timeout: 20_000 },
        )
        .toBe(true);
      let calls = 0;
      const hold = defineTool({
        name: "hold",
        description: "Waits.",
        input: { type: "object" },
        handler: async (_args, { signal }) => {
          calls += 1;
          return sleep(800, "held", { signal });
        },
      });
      const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", stateful: true, tools: [hold] });
      const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
      await using open = await openRuntime(spec, {
        session: {
          temporal: { address, taskQueue: uniqueName("queue") },
          workflowBundlePath: inject("workflowBundlePath"),
        },
      });
      const threadId = "t";
      const script = JSON.stringify([
        { tool: "hold", args: {} },
        { tool: "hold", args: {} },
        { tool: "hold", args: {} },
        { text: "held" },
      ]);
      const first = open.runtime.runSpecialist("worker", script, { threadId });
      await readUntil(first, (event) => event.type === "tool-invocation");
      const second = open.runtime.runSpecialist("worker", "second", { threadId, whenBusy: "queue" });
      await second.started;
      await open.runtime.cancel(second.runId);
      expect(await first.result()).toMatchObject({ status: "completed" });
      expect(calls).toBe(3);
      const runs: string[] = [];
      for await (const run of open.session.client.workflow.list()) runs.push(run.status.name);
      expect(runs).toContain("CONTINUED_AS_NEW");
      const end = await Promise.race([second.result(), sleep(7_000, "still waiting" as const)]);
      expect(end).toMatchObject({ status: "cancelled" });
    } finally {
      server.kill("SIGKILL");
    }
  },
);
