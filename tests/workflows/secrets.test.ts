import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { startFakeMessagesApi } from "../../src/testing/index.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { readEvents } from "../helpers/read-events.ts";

const KEY = "sk-ant-api03-canary-A1b2C3d4E5f6G7h8";

test("an inline model key reaches the provider and nothing else: no history, no event, no file", async () => {
  const api = await startFakeMessagesApi({ apiKey: KEY });
  const leaky = defineTool({
    name: "leaky",
    description: "d",
    input: { type: "object" },
    handler: () => {
      throw new Error(`401 invalid x-api-key ${KEY}`);
    },
  });
  const agent = defineSpecialist({ name: "agent", model: "m", prompt: "p", tools: [leaky] });
  const spec = defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [agent],
    providers: { anthropic: { apiKey: KEY, baseURL: api.url, retry: { maxAttempts: 2, initialMs: 1 } } },
  });
  await using open = await openRuntime(spec, { interpreter: "anthropic" });
  api.reply(
    { toolCalls: [{ name: "leaky" }] },
    { error: { status: 500, type: "api_error", message: `bad key ${KEY}` } },
    { text: "ok" },
  );

  const run = open.runtime.runSpecialist("agent", "go");
  const events = await readEvents(run);
  const record = await run.result();
  const history = await open.session.client.workflow.getHandle(record.workflowId).fetchHistory();

  expect(record).toMatchObject({ status: "completed", text: "ok" });
  const everything = [JSON.stringify(events), JSON.stringify(history), ...historyTexts(history), ...filesIn(open.home)];
  expect(everything.filter((text) => text.includes(KEY))).toEqual([]);
  await api.close();
});

/** Payloads as text: JSON of a history holds them as bytes. */
function historyTexts(history: unknown): readonly string[] {
  if (history instanceof Uint8Array) return [Buffer.from(history).toString("utf8")];
  if (typeof history !== "object" || history === null) return [];
  return Object.values(history).flatMap(historyTexts);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"));
}
