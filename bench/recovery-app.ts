import { defineTool, type RuntimeOptions, type RuntimeSpec } from "bridle";
import * as z from "zod";
import { benchApp } from "./bench-app.ts";

/** A tool that never ends in its first attempt, and says which attempt it is. */
const hang = defineTool({
  name: "hang",
  description: "Hangs until its worker dies.",
  input: z.strictObject({}),
  effects: "idempotent",
  handler: async (_, { attempt, signal, progress }) => {
    progress({ attempt });
    if (attempt === 1) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { attempt };
  },
});

/** The app that loses its workers. */
export const recoveryApp: RuntimeSpec = benchApp(hang);

/** A turn whose worker is killed while a tool runs. */
export const TOOL_PROMPT = JSON.stringify([{ tool: "hang", args: {} }, { text: "Done." }]);
/** A turn whose worker is killed while the model streams: it takes some seconds, and what was said must not be said twice. */
export const MODEL_PROMPT = JSON.stringify([{ text: "so ".repeat(200) }]);

/** How the process with the worker and the one that watches find each other. */
export function recoveryOptions(place: { home: string; address: string; heartbeatMs: number }): RuntimeOptions {
  const { home, address, heartbeatMs } = place;
  return {
    home,
    interpreter: "scripted",
    testing: { chunkDelayMs: 5, chunkChars: 3 },
    temporal: { address },
    knobs: { heartbeatMs },
  };
}
