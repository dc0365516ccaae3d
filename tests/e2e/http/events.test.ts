import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import * as z from "zod";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../../src/index.ts";
import { type ServedRuntimes, serveRuntimes } from "../../helpers/serve-runtimes.ts";
import { TOKEN } from "../../helpers/unopened-app.ts";

function gatedSpec(): { readonly spec: Parameters<typeof serveRuntimes>[0]; readonly open: () => void } {
  const gate = Promise.withResolvers<void>();
  const hold = defineTool({
    name: "hold",
    description: "Waits until the test goes on.",
    input: { type: "object" },
    handler: async () => gate.promise,
  });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [hold] });
  return { spec: defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] }), open: gate.resolve };
}

const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "the end" }]);
const Events = z.strictObject({
  schemaVersion: z.literal(1),
  events: z.array(z.looseObject({ seq: z.number(), type: z.string() })),
  next: z.number(),
  done: z.boolean(),
});

interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** The frames of a stream in the order they came; comments are left out. */
async function* framesOf(response: Response): AsyncGenerator<Frame> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts.filter((line) => !line.startsWith(":"))) {
      const [, id = "", event = "", data = ""] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(part) ?? [];
      yield { id, event, data: JSON.parse(data) };
    }
  }
}

async function allFrames(response: Response): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of framesOf(response)) frames.push(frame);
  return frames;
}

async function eventsOf(served: ServedRuntimes, query = ""): Promise<z.infer<typeof Events>> {
  return Events.parse((await served.call(`/api/runs/r/events${query}`)).json);
}

/** A run "r" that is over. */
async function finished(): Promise<ServedRuntimes> {
  const { spec, open } = gatedSpec();
  const served = await serveRuntimes(spec);
  open();
  await served.here.runtime.runSpecialist("worker", HOLD, { runId: "r" }).result();
  return served;
}

test("JSON and the stream give the same events, to readers at the same time and to one who comes after the end", async () => {
  const { spec, open } = gatedSpec();
  const served = await serveRuntimes(spec);
  await served.call("/api/runs", { method: "POST", json: { runId: "r", prompt: HOLD, agent: "worker" } });
  const readers = [
    allFrames(await served.stream("/api/runs/r/events")),
    allFrames(await served.stream("/api/runs/r/events")),
  ];
  await expect.poll(async () => (await eventsOf(served)).events.map(({ type }) => type)).toContain("tool-invocation");

  const halfway = await eventsOf(served);
  open();
  const [first = [], second = []] = await Promise.all(readers);
  const late = await allFrames(await served.stream("/api/runs/r/events"));
  const json = await eventsOf(served);

  expect(halfway).toMatchObject({ done: false, next: halfway.events.length });
  expect(first.map(({ data }) => data)).toEqual(json.events);
  expect(first.map(({ id, event }) => `${id} ${event}`)).toEqual(json.events.map(({ seq, type }) => `${seq} ${type}`));
  expect(first.at(-1)?.event).toBe("finish");
  expect(second).toEqual(first);
  expect(late).toEqual(first);
  expect(json).toMatchObject({ done: true, next: first.length });
});

test("a reader who was cut off goes on where it was, and Last-Event-ID wins over the query", async () => {
  const { spec, open } = gatedSpec();
  const served = await serveRuntimes(spec);
  await served.call("/api/runs", { method: "POST", json: { runId: "r", prompt: HOLD, agent: "worker" } });
  const before: Frame[] = [];
  for await (const frame of framesOf(await served.stream("/api/runs/r/events"))) {
    before.push(frame);
    if (frame.event === "tool-invocation") break;
  }

  open();
  const after = await allFrames(
    await served.stream("/api/runs/r/events?after=0", { "last-event-id": before.at(-1)?.id ?? "" }),
  );

  expect([...before, ...after].map(({ data }) => data)).toEqual((await eventsOf(served)).events);
  expect(after.length).toBeGreaterThan(0);
});

test("JSON is read in pages from any place, without waiting", async () => {
  const served = await finished();
  const all = await eventsOf(served);

  const first = await eventsOf(served, "?limit=2");
  const rest = await eventsOf(served, `?after=${first.next}`);
  const nothing = await eventsOf(served, `?after=${all.next}`);

  expect(first).toMatchObject({ next: 2, done: false });
  expect([...first.events, ...rest.events]).toEqual(all.events);
  expect(nothing).toEqual({ schemaVersion: 1, events: [], next: all.next, done: true });
});

test("a stream that has nothing left tells a browser not to come back", async () => {
  const served = await finished();
  const { next } = await eventsOf(served);

  const response = await served.stream("/api/runs/r/events", { "last-event-id": String(next) });

  expect([response.status, await response.text()]).toEqual([204, ""]);
});

test("places that are none are refused, and so is an unknown run, before a stream begins", async () => {
  const served = await finished();

  expect((await served.call("/api/runs/r/events?after=-1")).status).toBe(400);
  expect((await served.call("/api/runs/r/events?limit=0")).status).toBe(400);
  expect((await served.stream("/api/runs/r/events", { "last-event-id": "r#1" })).status).toBe(400);
  expect((await served.stream("/api/runs/nobody/events")).status).toBe(404);
  expect(
    (await served.call("/api/runs/r/events", { method: "HEAD", headers: { accept: "text/event-stream" } })).status,
  ).toBe(200);
});

test("a reader that goes away changes nothing for the run or for other readers", async () => {
  const { spec, open } = gatedSpec();
  const served = await serveRuntimes(spec);
  await served.call("/api/runs", { method: "POST", json: { runId: "r", prompt: HOLD, agent: "worker" } });
  const stays = allFrames(await served.stream("/api/runs/r/events"));
  const leaves = await served.stream("/api/runs/r/events");
  await leaves.body?.cancel();

  open();

  expect((await stays).at(-1)).toMatchObject({ event: "finish", data: { text: "the end" } });
});

test("a reader who takes nothing loses the connection, gives its place back, and can read on from its last event", async () => {
  const talk = defineTool({
    name: "talk",
    description: "Reports more than the buffers between server and reader hold.",
    input: { type: "object" },
    handler: (_, { progress }) => {
      for (let part = 0; part < 300; part++) progress("x".repeat(50_000));
    },
  });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [talk] });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
  const served = await serveRuntimes(spec, { server: { limits: { openStreams: 1, streamStallMs: 200 } } });
  await served.here.runtime
    .runSpecialist("worker", JSON.stringify([{ tool: "talk", args: {} }]), { runId: "r" })
    .result();

  const stalled = connect(served.server.port, "127.0.0.1");
  const lines = [
    "GET /api/runs/r/events HTTP/1.1",
    `Host: 127.0.0.1:${served.server.port}`,
    `Authorization: Bearer ${TOKEN}`,
  ];
  stalled.write([...lines, "Accept: text/event-stream", "", ""].join("\r\n"));
  await once(stalled, "readable");
  const full = await served.stream("/api/runs/r/events");
  await expect
    .poll(async () => (await served.stream("/api/runs/r/events?after=300")).status, { timeout: 10_000 })
    .toBe(200);
  const read = await text(stalled).catch(() => "");

  expect(full.status).toBe(503);
  expect(read).not.toContain("event: finish");
});
