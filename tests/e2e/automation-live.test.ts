import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import {
  type FakeMessagesApi,
  type FakeRequest,
  type FakeReply,
  startFakeMessagesApi,
} from "../../src/testing/index.ts";
import { APP, bridle, parseJson } from "../helpers/cli.ts";
import { type CliService, startService } from "../helpers/cli-service.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const RECORDER = new URL("../helpers/record-connections.ts", import.meta.url).href;
const KEY = "sk-ant-api03-automation-canary";

test("the model is called at ANTHROPIC_BASE_URL, and nothing but it and Temporal is called at all", async () => {
  const api = await adder();
  const log = join(temporaryFolder(), "connections.log");
  const service = await startLive(api, { NODE_OPTIONS: `--import ${RECORDER}`, CONNECTIONS_LOG: log });

  await ask(service, "r1", "t1");
  const shown = await bridle(service.project, ["runs", "show", "r1", "--json"]);

  expect(parseJson(shown.stdout)).toMatchObject({ status: "completed", text: "It is 3." });
  expect(api.requests).toHaveLength(2);
  const called = new Set(readFileSync(log, "utf8").trimEnd().split("\n"));
  expect(called).toEqual(new Set([new URL(api.url).host, inject("temporalAddress")]));
}, 120_000);

test("an equal conversation exports equal but for the fields that the header lists", async () => {
  const service = await startLive(await adder());
  await ask(service, "r1", "t1");
  await ask(service, "r2", "t2");

  const { stdout } = await bridle(service.project, ["threads", "export", "t1", "--json"]);
  const first = parseJson(stdout);
  const second = (await service.call("/api/threads/t2/transcript")).json;
  const overHttp = (await service.call("/api/threads/t1/transcript")).json;

  const Header = z.looseObject({ schemaVersion: z.literal(1), volatile: z.array(z.string()) });
  const { volatile } = Header.parse(first);
  const stripped = (document: unknown): unknown =>
    volatile.reduce((rest, path) => without(rest, path.split(".")), document);
  expect(overHttp).toEqual(first);
  expect(second).not.toEqual(first);
  expect(stripped(second)).toEqual(stripped(first));
  expect(stripped(first)).toMatchObject({
    agents: {
      boss: {
        messages: [
          { role: "user", parts: [{ text: "1 and 2?" }] },
          {
            role: "assistant",
            parts: [{ type: "reasoning" }, { type: "tool-call", name: "add", args: { a: 1, b: 2 } }],
          },
          { role: "tool", parts: [{ type: "tool-result", name: "add", content: '{"sum":3}' }] },
          { role: "assistant", parts: [{ type: "text", text: "It is 3." }] },
        ],
      },
    },
  });
}, 120_000);

test("the provider's key is in no answer, no line, no history and no file", async () => {
  const service = await startLive(await adder());
  const { project, worker, serve } = service;
  await ask(service, "r1", "t1");
  const run = z.looseObject({ workflowId: z.string() }).parse((await service.call("/api/runs/r1")).json);
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  onTestFinished(() => connection.close());

  const answers = await Promise.all(
    ["runs/r1", "runs/r1/events", "threads/t1/transcript", "plans", "approvals"].map((path) =>
      service.call(`/api/${path}`),
    ),
  );
  const commands = await Promise.all(
    [["doctor"], ["capabilities"], ["runs", "show", "r1"]].map((words) => bridle(project, [...words, "--json"])),
  );
  const history = await new Client({ connection }).workflow.getHandle(run.workflowId).fetchHistory();
  const files = everyFile(project.folder);
  worker.child.kill("SIGTERM");
  serve.child.kill("SIGTERM");
  const lines = await Promise.all([worker.result, serve.result]);

  expect(files.join()).toContain("It is 3.");
  expect(commands.map(({ code }) => code)).toEqual([0, 0, 0]);
  const texts = [...[answers, commands, lines].map((some) => JSON.stringify(some)), ...payloads(history), ...files];
  expect(texts.filter((text) => text.includes(KEY))).toEqual([]);
}, 120_000);

/** What a history carries, as text: its JSON has it as numbers. */
function payloads(history: unknown): readonly string[] {
  if (history instanceof Uint8Array) return [Buffer.from(history).toString("utf8")];
  if (typeof history !== "object" || history === null) return [String(history)];
  return Object.values(history).flatMap(payloads);
}

function everyFile(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"));
}

/** A model that thinks, adds and answers; ids and signatures are never the same twice, as those of a real one. */
async function adder(): Promise<FakeMessagesApi> {
  const api = await startFakeMessagesApi({ apiKey: KEY });
  onTestFinished(() => api.close());
  api.respond(({ body, index }: FakeRequest): FakeReply => {
    const isAnswered = JSON.stringify(body.messages?.at(-1)).includes("tool_result");
    if (isAnswered) return { text: "It is 3." };
    const reasoning = [{ text: "Add them.", signature: `signature-${index}` }];
    return { reasoning, toolCalls: [{ name: "add", args: { a: 1, b: 2 } }] };
  });
  return api;
}

function startLive(api: FakeMessagesApi, env: Readonly<Record<string, string>> = {}): Promise<CliService> {
  return startService(APP, {
    BRIDLE_INTERPRETER: "anthropic",
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: KEY,
    ...env,
  });
}

async function ask({ call }: CliService, runId: string, threadId: string): Promise<void> {
  await call("/api/runs", { json: { runId, threadId, prompt: "1 and 2?" } });
  const status = async (): Promise<string> => JSON.stringify((await call(`/api/runs/${runId}`)).json);
  await vi.waitUntil(async () => (await status()).includes('"status":"completed"'), { timeout: 20_000, interval: 100 });
}

/** A document without what a path names; `*` stands for every key or index. */
function without(value: unknown, [key = "", ...rest]: readonly string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    if (key !== "*" && key !== name) return [[name, inner]];
    return rest.length === 0 ? [] : [[name, without(inner, rest)]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
