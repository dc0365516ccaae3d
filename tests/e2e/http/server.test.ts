import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../../src/index.ts";
import { startHttpServer } from "../../../src/studio/server/http-server.ts";
import type { HttpServerOptions } from "../../../src/studio/server/http-server-options.ts";
import { httpCall } from "../../helpers/http-call.ts";
import { routesOf } from "../../helpers/routes.ts";
import { serveRuntimes } from "../../helpers/serve-runtimes.ts";
import { TOKEN, unopenedApp } from "../../helpers/unopened-app.ts";

const options: HttpServerOptions = {
  app: "acme",
  runtimes: new Map(),
  defaultWorkspace: "default",
  port: 0,
  token: TOKEN,
  readiness: async () => ({ taskQueue: "bridle", pollers: 1 }),
};

const hold = defineTool({
  name: "hold",
  description: "Waits until it is cancelled.",
  input: { type: "object" },
  handler: async (_, { signal }) =>
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled")))),
});
const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [hold] });
const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
const HOLD = JSON.stringify([{ tool: "hold", args: {} }]);

test("listens on loopback only, and says where", async () => {
  const server = await startHttpServer(options);

  expect(server).toMatchObject({ host: "127.0.0.1", url: `http://127.0.0.1:${server.port}` });
  expect(await httpCall(`${server.url}/healthz`)).toMatchObject({
    status: 200,
    body: '{"schemaVersion":1,"status":"ok"}',
  });
  expect(await httpCall(`${server.url}/readyz`)).toMatchObject({ status: 200 });
  await server.close();
});

test.each(["0.0.0.0", "::", "", "*", "0", "0x0", "[::]", "::ffff:0.0.0.0", " "])(
  "the host %j is refused",
  async (host) => {
    await expect(startHttpServer({ ...options, host })).rejects.toMatchObject({ code: "HOST_REFUSED" });
  },
);

test("binds to every interface when that is knowingly asked for, and still answers to its own names only", async () => {
  const server = await startHttpServer({ ...options, host: "0.0.0.0", dangerouslyBindAll: true });

  expect((await httpCall(`${server.url}/healthz`)).status).toBe(200);
  expect((await httpCall(`${server.url}/healthz`, { headers: { host: `192.0.2.1:${server.port}` } })).status).toBe(403);
  await server.close();
});

test("a port that is taken is named, with the way to another", async () => {
  const first = await startHttpServer(options);

  await expect(startHttpServer({ ...options, port: first.port })).rejects.toMatchObject({
    code: "PORT_IN_USE",
    message: expect.stringContaining(String(first.port)),
    hint: expect.stringContaining("--port"),
  });
  await first.close();
});

test("a blank token and a port that is none are refused", async () => {
  await expect(startHttpServer({ ...options, port: 70_000 })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  await expect(startHttpServer({ ...options, token: " " })).rejects.toMatchObject({ code: "INPUT_INVALID" });
});

test("through a socket, too, every route refuses a foreign host, a foreign origin and a missing token", async () => {
  const server = await startHttpServer(options);
  const authorization = `Bearer ${TOKEN}`;
  const refusals = routesOf(unopenedApp()).flatMap(({ method, path }) => [
    { method, path, headers: { authorization, host: "evil.test" }, status: 403 },
    { method, path, headers: { authorization, origin: "http://evil.test" }, status: 403 },
    { method, path, headers: { authorization, origin: "null", accept: "text/event-stream" }, status: 403 },
    ...(path.startsWith("/api") ? [{ method, path, headers: { accept: "text/event-stream" }, status: 401 }] : []),
  ]);

  const statuses = await Promise.all(
    refusals.map(async ({ method, path, headers }) => (await httpCall(server.url + path, { method, headers })).status),
  );

  expect(statuses).toEqual(refusals.map(({ status }) => status));
  await server.close();
});

/** Sends raw bytes and returns the status line. */
async function raw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end([...lines, "", ""].join("\r\n"));
  return (await text(socket)).split("\r\n", 1)[0] ?? "";
}

test("requests that no client of ours sends are refused", async () => {
  const server = await startHttpServer(options);
  const own = `Host: 127.0.0.1:${server.port}`;

  expect(await raw(server.port, ["GET /healthz HTTP/1.1", own, "Connection: close"])).toBe("HTTP/1.1 200 OK");
  expect(await raw(server.port, ["GET /healthz HTTP/1.1", "Connection: close"])).toMatch(/ 400 /);
  expect(await raw(server.port, ["GET /healthz HTTP/1.0"])).toMatch(/ 40[03] /);
  expect(await raw(server.port, ["GET /healthz HTTP/1.1", own, "Host: evil.test", "Connection: close"])).toMatch(
    / 40[03] /,
  );
  expect(
    await raw(server.port, ["GET http://evil.test/healthz HTTP/1.1", "Host: evil.test", "Connection: close"]),
  ).toMatch(/ 403 /);
  expect(await raw(server.port, ["GET /%61pi/runs HTTP/1.1", own, "Connection: close"])).toMatch(/ 40[14] /);
  await server.close();
});

test("a client that never finishes its headers is cut off", async () => {
  const limits = { headersTimeoutMs: 100, timeoutCheckMs: 20 };
  const server = await startHttpServer({ ...options, limits });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1");

  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  await server.close();
});

test("streams are bounded in number, and closing ends them all at once while their runs go on", async () => {
  const served = await serveRuntimes(spec, { server: { limits: { openStreams: 3 } } });
  await served.here.runtime.runSpecialist("worker", HOLD, { runId: "r" }).started;
  const open = await Promise.all(Array.from({ length: 3 }, () => served.stream("/api/runs/r/events")));
  const refused = await served.stream("/api/runs/r/events");
  const ends = open.map((response) => response.text());

  const started = performance.now();
  await served.server.close();

  expect(performance.now() - started).toBeLessThan(2_000);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("5");
  expect(new Set((await Promise.all(ends)).map((end) => end.includes("event: finish")))).toEqual(new Set([false]));
  await expect.poll(async () => (await served.here.runtime.runs.get("r")).status).toBe("running");
  await expect(httpCall(`${served.server.url}/healthz`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await served.here.runtime.cancel("r");
});

test("a place of a reader who left is free again", async () => {
  const served = await serveRuntimes(spec, { server: { limits: { openStreams: 3 } } });
  await served.here.runtime.runSpecialist("worker", HOLD, { runId: "r" }).started;
  const open = await Promise.all(Array.from({ length: 3 }, () => served.stream("/api/runs/r/events")));

  await open[0]?.body?.cancel();

  await expect
    .poll(async () => {
      const again = await served.stream("/api/runs/r/events");
      await again.body?.cancel();
      return again.status;
    })
    .toBe(200);
  await served.here.runtime.cancel("r");
});
