import { once } from "node:events";
import * as z from "zod";
import {
  defineCoordinator,
  defineExecutor,
  definePlanner,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  defineTool,
  RetryableToolError,
} from "../../src/index.ts";
import { approvalProof } from "../../src/runtime/approvals/approval-proof.ts";
import type { HostedApp } from "../../src/specs/hosted-app.ts";
import { NO_SERVICES } from "../../src/specs/tools/tool-context.ts";
import { recordedDispatcher, SHELF_PLAN } from "./recorded-plan.ts";

/** The app whose runs are recorded: every kind of call that a turn can make. */
export function recordedApp(): HostedApp {
  return {
    app: "recorded",
    tenant: "acme",
    workspace: "replay",
    spec: spec(),
    services: NO_SERVICES,
    interpreter: "scripted",
    testing: {},
    actionDispatcher: recordedDispatcher(),
    approvals: approvalProof("open", () => []),
  };
}

/** The same agents with a model that never begins to speak. */
export function silentApp(): HostedApp {
  return { ...recordedApp(), app: "silent", testing: { chunkChars: 1, chunkDelayMs: 3_600_000 } };
}

/** A gate that closes while the recording waits. */
const HURRIED = { kind: "always", expiresInMs: 1_000 } as const;

function spec(): HostedApp["spec"] {
  const base = { model: "m", prompt: "p" };
  const tools = [add, hold, fail, pay];
  const boss = defineCoordinator({ ...base, name: "boss", maxTurns: 100, routes: ["analyst", "hasty"], tools });
  const analyst = defineSpecialist({ ...base, name: "analyst", tools });
  const hasty = defineSpecialist({ ...base, name: "hasty", tools, maxTurns: 1 });
  const planner = definePlanner({ ...base, name: "hurried", plan: SHELF_PLAN, approval: HURRIED });
  const executor = defineExecutor({ ...base, name: "executor", plan: SHELF_PLAN });
  return defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [boss, analyst, hasty, planner, executor],
    plans: [SHELF_PLAN],
  });
}

const add = defineTool({
  name: "add",
  description: "Adds.",
  input: z.strictObject({ a: z.number(), b: z.number() }),
  handler: ({ a, b }) => ({ sum: a + b }),
});

const hold = defineTool({
  name: "hold",
  description: "Never ends by itself.",
  input: z.strictObject({}),
  handler: async (_args, { signal }) => {
    await once(signal, "abort");
    signal.throwIfAborted();
  },
});

const pay = defineTool({
  name: "pay",
  description: "Waits for a person.",
  input: z.strictObject({}),
  approval: { kind: "always", expiresInMs: 3_600_000 },
  handler: () => "paid",
});

const fail = defineTool({
  name: "fail",
  description: "Asks to be tried again.",
  input: z.strictObject({}),
  handler: () => {
    throw new RetryableToolError("not yet");
  },
});
