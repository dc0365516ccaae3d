import { defineRuntime, defineSpecialist, defineTenant, defineTool, type RuntimeSpec, type ToolSpec } from "bridle";
import * as z from "zod";

/** The tenant that every bench works for. */
const TENANT = "bench";
/** The one agent that every bench asks. */
export const AGENT = "worker";

/** A tool that costs nothing. */
export const noop = defineTool({
  name: "noop",
  description: "Does nothing.",
  input: z.strictObject({ pad: z.string().optional() }),
  handler: () => ({ done: true }),
});

/** One agent with the tools of a bench. It remembers its threads and never runs out of steps. */
export function benchApp(...tools: readonly ToolSpec[]): RuntimeSpec {
  const worker = defineSpecialist({
    name: AGENT,
    model: "scripted",
    prompt: "Do it.",
    tools,
    stateful: true,
    maxTurns: 1000,
  });
  return defineRuntime({ tenant: defineTenant(TENANT, "1"), agents: [worker] });
}

/** A prompt that the scripted model turns into so many calls of one tool, one after the other, and a last word. */
export function script(tool: string, steps: number, args: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify([...Array.from({ length: steps }, () => ({ tool, args })), { text: "Done." }]);
}

/** The workflow of a thread, as Temporal knows it. */
export function workflowIdOf(threadId: string): string {
  return `${TENANT}/default/thread/${threadId}`;
}
