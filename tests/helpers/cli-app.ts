/** The app of the command line's tests, as a user would write it: the command loads this file. */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createRuntime,
  defineApp,
  defineCoordinator,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  defineTool,
} from "bridle";
import * as z from "zod";

const base = { model: "test-model", prompt: "p" };

const add = defineTool({
  name: "add",
  description: "Adds.",
  input: z.strictObject({ a: z.number(), b: z.number() }),
  handler: ({ a, b }) => ({ sum: a + b }),
});

/** Leaves a line when it begins and one when it ends, so that a test can wait for either. */
const wait = defineTool({
  name: "wait",
  description: "Waits.",
  input: z.strictObject({ ms: z.number(), log: z.string() }),
  handler: async ({ ms, log }, { callId, signal }) => {
    appendFileSync(log, `begin ${callId} ${process.pid}\n`);
    await sleep(ms, undefined, { signal });
    appendFileSync(log, `end ${callId} ${process.pid}\n`);
    return "waited";
  },
});

export const runtimeSpec = defineRuntime({
  tenant: defineTenant(process.env["CLI_TEST_TENANT"] ?? "cli-test", "1"),
  agents: [
    defineCoordinator({ ...base, name: "boss", routes: ["helper"], tools: [add, wait] }),
    defineSpecialist({ ...base, name: "helper", tools: [add] }),
  ],
});

export const app = defineApp({
  name: "cli-test",
  workspaces: ["default", "second"],
  runtimeFactory: ({ workspace, interpreter = "scripted" }) => createRuntime(runtimeSpec, { workspace, interpreter }),
});
