import { appendFileSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import {
  defineCoordinator,
  defineExecutor,
  definePlanner,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  defineTool,
} from "../../src/index.ts";
import { ActionRefusedError } from "../../src/specs/dispatchers/action-refused-error.ts";
import type { ActionHandler } from "../../src/specs/dispatchers/action-handlers.ts";
import { type Dispatcher, defineDispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import { pricePlan, productSet } from "./plan-app.ts";
import { withoutUndefined } from "../../src/lib/without-undefined.ts";
import { approvalProof } from "../../src/runtime/approvals/approval-proof.ts";
import type { HostedApp } from "../../src/specs/hosted-app.ts";
import { NO_SERVICES } from "../../src/specs/tools/tool-context.ts";

/** What differs between the apps of two crash tests; plain JSON, because the worker is another process. */
export const CrashAppSettings = z.strictObject({
  workspace: z.string(),
  /** Every call of a tool's handler is a line of this file. */
  toolLog: z.string(),
  chunkChars: z.number().optional(),
  chunkDelayMs: z.number().optional(),
  /** Answers instead of the script in the prompt, through the real SDK. */
  modelUrl: z.string().optional(),
  /** What the app's dispatcher promises about a second call. */
  guarantee: z.enum(["keyed", "none"]).optional(),
  /** How long an action takes from its beginning to its effect. */
  applyMs: z.number().optional(),
  /** Whether the target refuses a fence smaller than the largest it has seen. */
  honoursFence: z.boolean().optional(),
});
export type CrashAppSettings = z.infer<typeof CrashAppSettings>;

/** The app of the crash tests: a coordinator, a specialist, one that gives up soon, and tools that leave a mark. */
export function crashApp(settings: CrashAppSettings): HostedApp {
  const { workspace, toolLog, modelUrl, guarantee: _, applyMs: __, honoursFence: ___, ...testing } = settings;
  const anthropic = modelUrl === undefined ? {} : { anthropic: { apiKey: "any", baseURL: modelUrl } };
  const spec = defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: agents(toolLog),
    plans: [pricePlan],
    references: [productSet],
    approvalPolicies: { plans: "never" },
    providers: anthropic,
  });
  return {
    app: "crash",
    tenant: "acme",
    workspace,
    spec,
    services: NO_SERVICES,
    interpreter: modelUrl === undefined ? "scripted" : "anthropic",
    testing: withoutUndefined(testing),
    approvals: approvalProof("open", () => []),
    actionDispatcher: dispatcher(settings),
  };
}

function agents(toolLog: string): Parameters<typeof defineRuntime>[0]["agents"] {
  const base = { model: "m", prompt: "p" };
  const boss = defineCoordinator({
    ...base,
    name: "boss",
    maxTurns: 100,
    routes: ["analyst", "hasty", "planner", "executor"],
    tools: [adder(toolLog)],
  });
  const tools = [adder(toolLog), shipper(toolLog), waiter(toolLog), gated(toolLog, "send"), gated(toolLog, "mark")];
  const analyst = defineSpecialist({ ...base, name: "analyst", maxTurns: 100, tools });
  const hasty = defineSpecialist({ ...base, name: "hasty", tools, maxTurns: 1 });
  const planner = definePlanner({ ...base, name: "planner", plan: pricePlan });
  const executor = defineExecutor({ ...base, name: "executor", plan: pricePlan });
  return [boss, analyst, hasty, planner, executor];
}

/** Every beginning and every effect is a line, as it reaches the target. It takes its time without looking at the signal, and refuses "broken". */
function dispatcher({ toolLog, guarantee = "none", applyMs = 0, honoursFence = false }: CrashAppSettings): Dispatcher {
  const apply: ActionHandler<unknown> = async (_payload, { idempotencyKey, fence }) => {
    appendFileSync(toolLog, `begin ${idempotencyKey} ${fence} ${process.pid}\n`);
    await sleep(applyMs);
    if (honoursFence && largestFence(toolLog) > fence) throw new ActionRefusedError("fenced");
    appendFileSync(toolLog, `apply ${idempotencyKey}\n`);
    return { entitiesAffected: 1 };
  };
  return defineDispatcher(
    pricePlan,
    {
      price: {
        run: (payload, context) => {
          if (payload.product === "broken") throw new ActionRefusedError("no such product");
          return apply(payload, context);
        },
        compensate: apply,
      },
      hold: apply,
    },
    { guarantee },
  );
}

function largestFence(toolLog: string): number {
  const begun = readFileSync(toolLog, "utf8").matchAll(/^begin \S+ (\d+) /gm);
  return Math.max(...[...begun].map(([, fence]) => Number(fence)));
}

function adder(toolLog: string): ReturnType<typeof defineTool> {
  return defineTool({
    name: "add",
    description: "Adds.",
    input: z.strictObject({ a: z.number(), b: z.number() }),
    handler: ({ a, b }, { callId }) => {
      appendFileSync(toolLog, `add ${callId}\n`);
      return { sum: a + b };
    },
  });
}

function shipper(toolLog: string): ReturnType<typeof defineTool> {
  return defineTool({
    name: "ship",
    description: "Ships, once.",
    input: z.strictObject({}),
    effects: "once",
    handler: (_args, { callId }) => {
      appendFileSync(toolLog, `ship ${callId}\n`);
      return "shipped";
    },
  });
}

/** Waits for a person; `send` must happen once, `mark` may be repeated. */
function gated(toolLog: string, name: "send" | "mark"): ReturnType<typeof defineTool> {
  return defineTool({
    name,
    description: "Waits for a person.",
    input: z.strictObject({}),
    approval: "always",
    effects: name === "send" ? "once" : "idempotent",
    handler: (_args, { idempotencyKey }) => {
      appendFileSync(toolLog, `${name} ${idempotencyKey}\n`);
      return `${name} done`;
    },
  });
}

function waiter(toolLog: string): ReturnType<typeof defineTool> {
  return defineTool({
    name: "wait",
    description: "Waits.",
    input: z.strictObject({ ms: z.number() }),
    handler: async ({ ms }, { callId, signal }) => {
      appendFileSync(toolLog, `wait ${callId}\n`);
      await sleep(ms, undefined, { signal });
      return "waited";
    },
  });
}
