import { expect, test } from "vitest";
import * as z from "zod";
import { servedAddresses } from "../../../../src/studio/server/served-addresses.ts";
import { SERVER_LIMITS } from "../../../../src/studio/server/server-limits.ts";
import { routesOf } from "../../../helpers/routes.ts";
import { ALLOWED, TOKEN, unopenedApp } from "../../../helpers/unopened-app.ts";

const app = unopenedApp();
const ErrorBody = z.looseObject({ error: z.looseObject({ message: z.string() }) });
const everywhere = [...routesOf(app), { method: "GET", path: "/nowhere" }, { method: "GET", path: "/api/nowhere" }];
const api = everywhere.filter(({ path }) => path.startsWith("/api"));

/** What each refused request sends, where it must be refused, and how. */
const refusals = [
  { name: "a foreign host", where: everywhere, change: { host: "evil.test" }, status: 403, code: "HOST_REFUSED" },
  {
    name: "its name on another port",
    where: everywhere,
    change: { host: "localhost:80" },
    status: 403,
    code: "HOST_REFUSED",
  },
  {
    name: "a host that begins like its own",
    where: everywhere,
    change: { host: "127.0.0.1:4111.evil.test" },
    status: 403,
    code: "HOST_REFUSED",
  },
  {
    name: "a foreign origin",
    where: everywhere,
    change: { origin: "http://evil.test" },
    status: 403,
    code: "ORIGIN_REFUSED",
  },
  {
    name: "another local origin",
    where: everywhere,
    change: { origin: "http://127.0.0.1:3000" },
    status: 403,
    code: "ORIGIN_REFUSED",
  },
  { name: "the origin null", where: everywhere, change: { origin: "null" }, status: 403, code: "ORIGIN_REFUSED" },
  {
    name: "a request of another site",
    where: everywhere,
    change: { "sec-fetch-site": "cross-site" },
    status: 403,
    code: "ORIGIN_REFUSED",
  },
  { name: "a wrong token", where: api, change: { authorization: "Bearer wrong" }, status: 401, code: "TOKEN_REFUSED" },
  {
    name: "a token without its scheme",
    where: api,
    change: { authorization: TOKEN },
    status: 401,
    code: "TOKEN_REFUSED",
  },
  { name: "an empty token", where: api, change: { authorization: "Bearer " }, status: 401, code: "TOKEN_REFUSED" },
] as const;

for (const { name, where, change, status, code } of refusals) {
  test(`${name} is refused on every route`, async () => {
    const answers = await Promise.all(
      where.map(async ({ method, path }) => {
        const response = await app.request(path, { method, headers: { ...ALLOWED, ...change } });
        return { route: `${method} ${path}`, status: response.status, body: await response.json() };
      }),
    );

    expect(answers).toEqual(
      where.map(({ method, path }) => ({
        route: `${method} ${path}`,
        status,
        body: { schemaVersion: 1, error: expect.objectContaining({ code }) },
      })),
    );
  });
}

test("a request without a token is refused on every route of the API", async () => {
  const statuses = await Promise.all(
    api.map(async ({ method, path }) => (await app.request(path, { method, headers: { host: ALLOWED.host } })).status),
  );

  expect(statuses).toEqual(api.map(() => 401));
});

test("what a form or a no-cors fetch can send is refused on every route, also where nothing is changed", async () => {
  const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", ""];
  const calls = everywhere.flatMap(({ path }) => types.map((type) => ({ path, type })));
  const statuses = await Promise.all(
    calls.map(async ({ path, type }) => {
      const headers = { ...ALLOWED, ...(type === "" ? {} : { "content-type": type }) };
      return (await app.request(path, { method: "POST", headers, body: new TextEncoder().encode("{}") })).status;
    }),
  );

  expect(statuses).toEqual(calls.map(() => 415));
});

test("a body that is too large is refused on every route, whether its length is told or not", async () => {
  const small = unopenedApp({ limits: { ...SERVER_LIMITS, requestBodyBytes: 16 } });
  const headers = { ...ALLOWED, "content-type": "application/json" };
  const large = JSON.stringify({ prompt: "x".repeat(100) });
  const told = { ...headers, "content-length": String(large.length) };
  const answers = await Promise.all(
    everywhere.flatMap(({ path }) =>
      [told, headers].map(async (sent) => {
        const body = sent === told ? large : new Blob([large]).stream();
        const init = { method: "POST", headers: sent, body, duplex: "half" as const };
        const response = await small.request(path, init);
        return { status: response.status, code: ErrorBody.parse(await response.json()).error["code"] };
      }),
    ),
  );

  expect(answers).toEqual(answers.map(() => ({ status: 413, code: "BODY_TOO_LARGE" })));
  expect(answers).toHaveLength(2 * everywhere.length);
});

test("there are routes to guard", () => {
  expect(
    routesOf(app)
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  ).toEqual([
    "GET /api/approvals",
    "GET /api/approvals/x",
    "GET /api/plans",
    "GET /api/plans/x",
    "GET /api/references/x/x",
    "GET /api/runs",
    "GET /api/runs/x",
    "GET /api/runs/x/events",
    "GET /api/threads",
    "GET /api/threads/x",
    "GET /api/threads/x/transcript",
    "GET /healthz",
    "GET /readyz",
    "POST /api/approvals/x/decisions",
    "POST /api/plans/x/cancel",
    "POST /api/plans/x/compensate",
    "POST /api/plans/x/decisions",
    "POST /api/plans/x/settle",
    "POST /api/runs",
    "POST /api/runs/x/cancel",
  ]);
});

test("every response, refusals too, carries the security headers and no CORS header", async () => {
  const requests = everywhere.flatMap(({ method, path }) => [
    { method, path, headers: { ...ALLOWED, origin: "http://evil.test" } },
    { method, path, headers: { host: ALLOWED.host } },
    { method: "OPTIONS", path, headers: { ...ALLOWED, "access-control-request-method": "POST" } },
  ]);
  const answers = await Promise.all(
    requests.map(async ({ method, path, headers }) => {
      const response = await app.request(path, { method, headers });
      return { route: `${method} ${path}`, ...Object.fromEntries(response.headers) };
    }),
  );

  expect(answers).toEqual(
    requests.map(({ method, path }) =>
      expect.objectContaining({
        route: `${method} ${path}`,
        "content-security-policy": expect.stringMatching(/default-src 'self'.*frame-ancestors 'none'/),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      }),
    ),
  );
  expect(answers.flatMap((answer) => Object.keys(answer)).filter((name) => name.startsWith("access-control-"))).toEqual(
    [],
  );
});

test("no answer of the API may be kept in a cache", async () => {
  const kept = await Promise.all(
    api.map(async ({ method, path }) =>
      (await app.request(path, { method, headers: { host: ALLOWED.host } })).headers.get("cache-control"),
    ),
  );

  expect(kept).toEqual(api.map(() => "no-store"));
});

test.each(["127.0.0.1:4111", "localhost:4111", "LOCALHOST:4111", "[::1]:4111"])("answers to %s", async (host) => {
  expect((await app.request("/healthz", { headers: { host } })).status).toBe(200);
});

test.each(["http://127.0.0.1:4111", "http://localhost:4111", "http://[::1]:4111"])(
  "answers to its page %s",
  async (origin) => {
    expect((await app.request("/healthz", { headers: { ...ALLOWED, origin } })).status).toBe(200);
  },
);

test("answers to the hosts and origins that the operator allowed, and only on the port that was named", async () => {
  const allowedHosts = ["bridle.example.com", "other.example.com:8443"];
  const addresses = servedAddresses({
    host: null,
    port: 4111,
    allowedHosts,
    allowedOrigins: ["https://bridle.example.com"],
  });
  const proxied = unopenedApp({ addresses });
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await proxied.request("/healthz", { headers })).status;

  expect(await status({ host: "bridle.example.com" })).toBe(200);
  expect(await status({ host: "bridle.example.com:4111" })).toBe(200);
  expect(await status({ host: "other.example.com:8443" })).toBe(200);
  expect(await status({ host: "other.example.com" })).toBe(403);
  expect(
    await status({ host: "bridle.example.com", origin: "https://bridle.example.com", "sec-fetch-site": "cross-site" }),
  ).toBe(200);
  expect(await status({ host: "bridle.example.com", origin: "https://example.com" })).toBe(403);
});

test("an unknown path is 404, another method of a known one is 405 with those it takes", async () => {
  const unknown = await app.request("/api/nowhere", { headers: ALLOWED });
  const wrong = await app.request("/api/runs/x/cancel", { headers: ALLOWED });
  const changing = await app.request("/api/threads", {
    method: "DELETE",
    headers: { ...ALLOWED, "content-type": "application/json" },
  });

  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ schemaVersion: 1, error: { code: "ROUTE_UNKNOWN" } });
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get("allow")).toBe("POST, OPTIONS");
  expect(await wrong.json()).toMatchObject({
    error: { code: "METHOD_REFUSED", hint: expect.stringContaining("bridle capabilities") },
  });
  expect(changing.status).toBe(405);
});

test("a body that is no JSON is refused with what to send", async () => {
  const headers = { ...ALLOWED, "content-type": "application/json" };

  const answer = await app.request("/api/plans/p1/decisions", { method: "POST", headers, body: "{decision" });

  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: {
      message: "The request body cannot be read: it is not JSON.",
      hint: expect.stringContaining("JSON object"),
    },
  });
});

test("OPTIONS names the methods of a route and grants nothing; HEAD answers like GET without a body", async () => {
  const options = await app.request("/api/runs", { method: "OPTIONS", headers: ALLOWED });
  const nowhere = await app.request("/api/nowhere", { method: "OPTIONS", headers: ALLOWED });
  const head = await app.request("/healthz", { method: "HEAD", headers: ALLOWED });

  expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, POST, HEAD, OPTIONS"]);
  expect(nowhere.status).toBe(404);
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("a wrong field is named, an unknown one too, and what is no JSON is refused", async () => {
  const post = async (body: string, path = "/api/runs"): Promise<{ status: number; message: string }> => {
    const response = await app.request(path, {
      method: "POST",
      headers: { ...ALLOWED, "content-type": "application/json" },
      body,
    });
    const { error } = ErrorBody.parse(await response.json());
    return { status: response.status, message: error.message };
  };

  expect(await post('{"prompt":1}')).toMatchObject({ status: 400, message: expect.stringContaining("body.prompt") });
  expect(await post('{"prompt":"p","colour":"red"}')).toMatchObject({
    status: 400,
    message: expect.stringContaining("colour"),
  });
  expect(await post('{"prompt":"p","runId":"../x"}')).toMatchObject({
    status: 400,
    message: expect.stringContaining("body.runId"),
  });
  expect(await post('{"prompt":"p","whenBusy":"shout"}')).toMatchObject({
    status: 400,
    message: expect.stringContaining("body.whenBusy"),
  });
  expect(await post("{")).toMatchObject({ status: 400, message: expect.stringContaining("not JSON") });
  expect(await post("")).toMatchObject({ status: 400, message: expect.stringContaining("body.prompt") });
  expect(await post('{"prompt":"p","workspace":"a"}', "/api/runs?workspace=b")).toMatchObject({ status: 400 });
  expect(await post('{"prompt":"p","workspace":"globex"}')).toMatchObject({
    status: 404,
    message: expect.stringContaining("globex"),
  });
  expect(await post('{"prompt":"p","agent":"nobody"}')).toMatchObject({
    status: 404,
    message: expect.stringContaining("nobody"),
  });
  expect((await app.request("/api/runs?limit=many", { headers: ALLOWED })).status).toBe(400);
  expect((await app.request("/api/runs?page=2", { headers: ALLOWED })).status).toBe(400);
});

test("ready only while a worker polls and the server takes requests", async () => {
  const look = async (options: Parameters<typeof unopenedApp>[0]): Promise<unknown> => {
    const response = await unopenedApp(options).request("/readyz", { headers: { host: ALLOWED.host } });
    return { code: response.status, ...z.looseObject({}).parse(await response.json()) };
  };

  const ready = { code: 200, schemaVersion: 1, status: "ready", taskQueue: "bridle", pollers: 1 };
  expect(await look({})).toEqual(ready);
  expect(await look({ readiness: async () => ({ taskQueue: "bridle", pollers: 0 }) })).toMatchObject({
    code: 503,
    missing: ["no worker polls the task queue bridle"],
  });
  expect(
    await look({ readiness: async () => ({ taskQueue: "bridle", pollers: 1, missing: ["the store"] }) }),
  ).toMatchObject({
    code: 503,
    missing: ["the store"],
  });
  expect(await look({ readiness: () => Promise.reject(new Error("no server")) })).toMatchObject({
    code: 503,
    missing: ["the check failed: no server"],
  });
  expect(await look({ isServing: () => false })).toMatchObject({ code: 503, missing: ["the server is closing"] });
});
