import { expect, test } from "vitest";
import * as z from "zod";
import {
  defineCoordinator,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  defineTool,
  type RunEvent,
} from "../../src/index.ts";
import { openRuntime } from "../helpers/open-runtime.ts";

const add = defineTool({
  name: "add",
  description: "Adds.",
  input: z.strictObject({ a: z.number(), b: z.number() }),
  handler: ({ a, b }) => ({ sum: a + b }),
});
const analyst = defineSpecialist({ name: "analyst", model: "m", prompt: "p", tools: [add] });
const boss = defineCoordinator({ name: "boss", model: "m", prompt: "p", routes: ["analyst"] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [boss, analyst] });

const analystScript = JSON.stringify([{ tool: "add", args: { a: 2, b: 3 } }, { text: "The sum is 5." }]);
const script = JSON.stringify([
  { tool: "call_agent", args: { agent: "analyst", prompt: analystScript } },
  { text: "The analyst says 5." },
]);

async function read(stream: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

test("a coordinator asks a specialist, who uses a tool, and the answer comes back as events and as the run's text", async () => {
  await using open = await openRuntime(spec);

  const run = open.runtime.query(script);
  const events = await read(run);
  const record = await run.result();

  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.map((event) => `${event.agent} ${event.type}`)).toEqual([
    "boss step-start",
    "boss tool-agent",
    "boss usage",
    "analyst step-start",
    "analyst tool-invocation",
    "analyst usage",
    "analyst data-tool-agent",
    "analyst tool-invocation",
    "analyst step-start",
    "analyst text",
    "analyst usage",
    "analyst data-tool-agent",
    "boss tool-agent",
    "boss step-start",
    "boss text",
    "boss usage",
    "boss finish",
  ]);
  expect(record).toMatchObject({ status: "completed", finish: "stop", text: "The analyst says 5." });
});
