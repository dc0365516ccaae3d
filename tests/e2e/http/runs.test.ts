import { expect, test } from "vitest";
import * as z from "zod";
import { defineCoordinator, defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../../src/index.ts";
import { PROMPT_BYTES } from "../../../src/protocol/limits/turn.ts";
import { uniqueName } from "../../helpers/open-runtime.ts";
import { type ServedRuntimes, serveRuntimes } from "../../helpers/serve-runtimes.ts";

const hold = defineTool({
  name: "hold",
  description: "Waits until it is cancelled.",
  input: { type: "object" },
  handler: async (_, { signal }) =>
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled")))),
});
const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", stateful: true, tools: [hold] });
const boss = defineCoordinator({ name: "boss", model: "m", prompt: "p", routes: ["worker"] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [boss, worker] });
const HOLD = JSON.stringify([{ tool: "hold", args: {} }]);

const Shown = z.looseObject({ status: z.string() });
const Listed = z.looseObject({ items: z.array(z.looseObject({ runId: z.string() })), next: z.string().nullable() });

async function ended(served: ServedRuntimes, runId: string): Promise<unknown> {
  const status = async (): Promise<string> => Shown.parse((await served.call(`/api/runs/${runId}`)).json).status;
  await expect.poll(status, { timeout: 10_000 }).toMatch(/completed|failed|cancelled/);
  return (await served.call(`/api/runs/${runId}`)).json;
}

test("a run is accepted at once and shows its answer in the end", async () => {
  const served = await serveRuntimes(spec);

  const accepted = await served.call("/api/runs", { method: "POST", json: { prompt: "hello" } });
  const { runId, threadId } = z.looseObject({ runId: z.string(), threadId: z.string() }).parse(accepted.json);
  const shown = await ended(served, runId);

  expect(accepted.status).toBe(202);
  expect(accepted.json).toEqual({
    schemaVersion: 1,
    runId,
    threadId,
    status: "starting",
    workspace: served.here.runtime.app.workspace,
  });
  expect(shown).toEqual({
    schemaVersion: 1,
    runId,
    threadId,
    agent: "boss",
    status: "completed",
    planIds: [],
    workflowId: `acme/${served.here.runtime.app.workspace}/thread/${threadId}`,
    executionId: expect.any(String),
    requestedBy: null,
    promptPreview: "hello",
    text: "hello",
    finish: "stop",
    usage: expect.any(Object),
    createdAt: expect.any(String),
    endedAt: expect.any(String),
    lastSeq: expect.any(Number),
  });
});

test("the same run id twice is the same run, and another prompt under it is a conflict", async () => {
  const served = await serveRuntimes(spec);
  const post = (prompt: string): ReturnType<ServedRuntimes["call"]> =>
    served.call("/api/runs", { method: "POST", json: { runId: "mine", threadId: "t", prompt, agent: "worker" } });

  const first = await post("hello");
  await ended(served, "mine");
  const again = await post("hello");
  const other = await post("something else");

  expect([first.status, again.status, other.status]).toEqual([202, 200, 409]);
  expect(again.json).toMatchObject({ runId: "mine", threadId: "t", status: "completed" });
  expect(other.json).toMatchObject({ error: { code: "RUN_CONFLICT" } });
  expect(Listed.parse((await served.call("/api/runs")).json).items).toHaveLength(1);
});

test("a run that no worker has picked up is kept, and found again by its id", async () => {
  const served = await serveRuntimes(spec, { runtime: { session: { hosted: [] } } });
  const post = (runId: string): ReturnType<ServedRuntimes["call"]> =>
    served.call("/api/runs", { method: "POST", json: { runId, threadId: "t", prompt: "hello", agent: "worker" } });

  const first = await post("mine");
  const again = await Promise.all([post("mine"), post("mine")]);
  const other = await post("another");

  expect([first.status, ...again.map(({ status }) => status), other.status]).toEqual([202, 200, 200, 409]);
  expect((await served.call("/api/runs/mine")).json).toMatchObject({ status: "starting" });
});

test("a busy thread is refused, or the prompt waits in line; cancelling ends the run that holds it", async () => {
  const served = await serveRuntimes(spec);
  const post = (json: object): ReturnType<ServedRuntimes["call"]> => served.call("/api/runs", { method: "POST", json });
  await post({ runId: "holder", threadId: "t", prompt: HOLD, agent: "worker" });
  await expect.poll(async () => (await served.call("/api/runs/holder/events")).body).toContain("tool-invocation");

  const refused = await post({ runId: "second", threadId: "t", prompt: "me too", agent: "worker" });
  const queued = await post({ runId: "third", threadId: "t", prompt: "me too", agent: "worker", whenBusy: "queue" });
  const cancelled = await served.call("/api/runs/holder/cancel", { method: "POST" });

  expect([refused.status, queued.status, cancelled.status]).toEqual([409, 202, 202]);
  expect(refused.json).toMatchObject({ error: { code: "THREAD_BUSY", hint: expect.any(String) } });
  expect(await ended(served, "holder")).toMatchObject({ status: "cancelled" });
  expect(await ended(served, "third")).toMatchObject({ status: "completed", text: "me too" });
});

test("runs are listed in pages, newest first, and can be filtered", async () => {
  const served = await serveRuntimes(spec);
  for (const runId of ["a", "b", "c"]) {
    await served.call("/api/runs", { method: "POST", json: { runId, threadId: `thread-${runId}`, prompt: "p" } });
    await ended(served, runId);
  }
  const list = async (query: string): Promise<z.infer<typeof Listed>> =>
    Listed.parse((await served.call(`/api/runs?${query}`)).json);

  const first = await list("limit=2");
  const second = await list(`limit=2&after=${first.next ?? ""}`);

  expect(first.items.map(({ runId }) => runId)).toEqual(["c", "b"]);
  expect(second).toMatchObject({ items: [{ runId: "a" }], next: null });
  expect((await list("threadId=thread-b")).items).toMatchObject([{ runId: "b" }]);
  expect((await list("status=failed")).items).toEqual([]);
  expect((await served.call("/api/runs?after=nonsense")).status).toBe(400);
});

test("what one workspace has is not there in another, by any route", async () => {
  const served = await serveRuntimes(spec);
  await served.call("/api/runs", {
    method: "POST",
    json: { runId: "mine", threadId: "t", prompt: "p", agent: "worker" },
  });
  await ended(served, "mine");
  const paths = ["/api/runs/mine", "/api/runs/mine/events", "/api/threads/t", "/api/threads/t/transcript"];
  const status = async (path: string): Promise<number> => (await served.call(path)).status;

  const other = `?workspace=${served.otherWorkspace}`;
  const cancel = await served.call(`/api/runs/mine/cancel${other}`, { method: "POST" });

  expect(await Promise.all(paths.map(status))).toEqual([200, 200, 200, 200]);
  expect(await Promise.all(paths.map((path) => status(path + other)))).toEqual([404, 404, 404, 404]);
  expect((await served.stream(`/api/runs/mine/events${other}`)).status).toBe(404);
  expect(cancel.status).toBe(404);
  expect(Listed.parse((await served.call(`/api/runs${other}`)).json).items).toEqual([]);
  expect((await served.call(`/api/threads${other}`)).json).toMatchObject({ items: [] });
  expect(await status("/api/runs/mine?workspace=nobody")).toBe(404);
});

test("the same run id in two workspaces is two runs", async () => {
  const served = await serveRuntimes(spec);
  const runId = uniqueName("run");
  const here = await served.call("/api/runs", { method: "POST", json: { runId, prompt: "here" } });
  const there = await served.call("/api/runs", {
    method: "POST",
    json: { runId, prompt: "there", workspace: served.otherWorkspace },
  });

  expect([here.status, there.status]).toEqual([202, 202]);
  expect(await ended(served, runId)).toMatchObject({ text: "here" });
  expect(
    await served.there.runtime
      .query("there", { runId, threadId: z.looseObject({ threadId: z.string() }).parse(there.json).threadId })
      .result(),
  ).toMatchObject({ text: "there" });
});

test("a thread and its transcript are what was said", async () => {
  const served = await serveRuntimes(spec);
  await served.call("/api/runs", {
    method: "POST",
    json: { runId: "r", threadId: "t", prompt: "hello", agent: "worker" },
  });
  await ended(served, "r");

  expect((await served.call("/api/threads")).json).toMatchObject({
    schemaVersion: 1,
    items: [{ threadId: "t" }],
    next: null,
  });
  expect((await served.call("/api/threads/t")).json).toMatchObject({ schemaVersion: 1, threadId: "t", lastRunId: "r" });
  expect((await served.call("/api/threads/t/transcript")).json).toMatchObject({
    schemaVersion: 1,
    agents: { worker: { messages: [{ role: "user" }, { role: "assistant", parts: [{ text: "hello" }] }] } },
  });
});

test("what is not there is 404 with a code, and ids that cannot be are refused", async () => {
  const served = await serveRuntimes(spec);
  const look = async (path: string): Promise<unknown> => (await served.call(path)).json;

  expect(await look("/api/runs/nobody")).toMatchObject({ error: { code: "RUN_UNKNOWN" } });
  expect(await look("/api/threads/nobody")).toMatchObject({ error: { code: "THREAD_UNKNOWN" } });
  expect(await look("/api/runs/..%2f..%2fetc%2fpasswd")).toMatchObject({ error: { code: "INPUT_INVALID" } });
  expect(await look("/api/runs/a%00b")).toMatchObject({ error: { code: "INPUT_INVALID" } });
  expect(await look("/api/threads/a%0d%0ab")).toMatchObject({ error: { code: "INPUT_INVALID" } });
});

test("the largest prompt is taken, a larger one is refused, and so is a larger body however it is sent", async () => {
  const served = await serveRuntimes(spec);
  const post = (request: Parameters<ServedRuntimes["call"]>[1]): ReturnType<ServedRuntimes["call"]> =>
    served.call("/api/runs", { method: "POST", ...request });

  const largest = await post({ json: { runId: "big", prompt: "x".repeat(PROMPT_BYTES) } });
  const larger = await post({ json: { prompt: "x".repeat(PROMPT_BYTES + 1) } });
  const announced = await post({ json: { prompt: "x".repeat(3 * PROMPT_BYTES) } });
  const chunked = await post({
    json: { prompt: "x".repeat(3 * PROMPT_BYTES) },
    headers: { "transfer-encoding": "chunked" },
  });

  expect(largest.status).toBe(202);
  expect([larger.status, larger.json]).toMatchObject([413, { error: { code: "PROMPT_TOO_LARGE" } }]);
  expect([announced.status, announced.json]).toMatchObject([413, { error: { code: "BODY_TOO_LARGE" } }]);
  expect([chunked.status, chunked.json]).toMatchObject([413, { error: { code: "BODY_TOO_LARGE" } }]);
  await ended(served, "big");
});

test("a run is asked for in a person's name, which is part of the request", async () => {
  const served = await serveRuntimes(spec);
  const post = (json: unknown): ReturnType<typeof served.call> => served.call("/api/runs", { method: "POST", json });
  const request = { prompt: "hello", runId: "r1", requestedBy: "Ann" };

  const accepted = await post(request);
  const again = await post(request);
  const other = await post({ ...request, requestedBy: "Bo" });
  const wrong = await post({ ...request, runId: "r2", requestedBy: "x".repeat(201) });

  expect([accepted.status, again.status, other.status, wrong.status]).toEqual([202, 200, 409, 400]);
  expect(other.json).toMatchObject({ error: { code: "RUN_CONFLICT", message: expect.stringContaining('"Ann"') } });
  expect(await ended(served, "r1")).toMatchObject({ requestedBy: "Ann" });
  expect((await served.call("/api/runs")).json).toMatchObject({ items: [{ runId: "r1", requestedBy: "Ann" }] });
});
