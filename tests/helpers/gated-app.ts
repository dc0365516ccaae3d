import { vi } from "vitest";
import * as z from "zod";
import { defineCoordinator, defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import type { ToolEffects } from "../../src/protocol/manifest.ts";
import type { DecisionRecord } from "../../src/protocol/plan.ts";
import type { ToolApproval } from "../../src/specs/approval.ts";
import type { RuntimeSpec } from "../../src/specs/runtime-spec.ts";
import type { ApprovalPredicate } from "../../src/specs/tools/tool.ts";
import type { OpenGate } from "../../src/state/plan-port.ts";
import type { OpenRuntime } from "./open-runtime.ts";
import { storeOf } from "./store-of.ts";

/** Amounts that reached the bank, in order. */
export type Payments = number[];

const amount = z.strictObject({ amount: z.number() });

/** What a test may change about the tool that pays. */
export interface PayOptions {
  readonly approval?: ToolApproval | ApprovalPredicate<z.infer<typeof amount>>;
  readonly effects?: ToolEffects;
  /** What the runtime says of every tool that says nothing itself. */
  readonly toolFloor?: ToolApproval;
}

/** An app whose tool `pay` waits for a person and whose tool `look` does not; the teller is called by the boss. */
export function payingApp({ toolFloor, ...options }: PayOptions = {}): {
  readonly spec: RuntimeSpec;
  readonly payments: Payments;
} {
  const payments: Payments = [];
  const pay = defineTool({
    name: "pay",
    description: "Pays.",
    input: amount,
    approval: "always",
    handler: (args) => {
      payments.push(args.amount);
      return `paid ${args.amount}`;
    },
    ...options,
  });
  const look = defineTool({
    name: "look",
    description: "Looks.",
    input: z.strictObject({}),
    handler: () => "seen",
  });
  const base = { model: "m", prompt: "p", tools: [pay, look] };
  const spec = defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [
      defineCoordinator({ ...base, name: "boss", routes: ["teller"] }),
      defineSpecialist({ ...base, name: "teller" }),
    ],
    ...(toolFloor === undefined ? {} : { approvalPolicies: { tools: toolFloor } }),
  });
  return { spec, payments };
}

/** A step of a script that pays. */
export function pay(sum: number): { readonly tool: string; readonly args: unknown } {
  return { tool: "pay", args: { amount: sum } };
}

/** The gates of a test's workspace. */
export interface WatchedGates {
  waiting(): Promise<readonly OpenGate[]>;
  /** Waits until so many calls wait, and gives them. */
  untilWaiting(count: number): Promise<readonly OpenGate[]>;
  get(id: string): Promise<OpenGate | null>;
  decisions(id: string): Promise<readonly DecisionRecord[]>;
}

/** Looks at the gates of an open runtime. */
export function watchGates(open: Pick<OpenRuntime, "runtime" | "session">): WatchedGates {
  const { gates } = storeOf(open);
  const waiting = async (): Promise<readonly OpenGate[]> => (await gates.waiting({})).items;
  return {
    waiting,
    get: (id) => gates.get(id),
    decisions: (id) => gates.decisions(id),
    async untilWaiting(count) {
      const look = async (): Promise<readonly OpenGate[]> => {
        const found = await waiting();
        if (found.length === count) return found;
        throw new Error(`${found.length} calls wait, expected ${count}`);
      };
      return vi.waitFor(look, { timeout: 15_000, interval: 20 });
    },
  };
}
