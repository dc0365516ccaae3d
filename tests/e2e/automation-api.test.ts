import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, inject, test, vi } from "vitest";
import * as z from "zod";
import { APP, bridle, cliProject, parseJson, startBridle } from "../helpers/cli.ts";
import { type CliService, startService } from "../helpers/cli-service.ts";
import { type HttpCall, httpCall } from "../helpers/http-call.ts";
import { routesOf } from "../helpers/routes.ts";
import { unopenedApp } from "../helpers/unopened-app.ts";

const RULES_APP = fileURLToPath(new URL("../helpers/cli-rules-app.ts", import.meta.url));
const LISTS = ["runs", "plans", "threads", "approvals"] as const;
const IDS = { runs: "runId", plans: "planId", threads: "threadId", approvals: "id" } as const;

test("every list comes in pages that follow on each other, the same over HTTP and on the command line", async () => {
  const service = await startService(RULES_APP);
  for (const name of ["a", "b", "c"]) await storePlan(service, name);

  const overHttp = await Promise.all(
    LISTS.map((list) => pagesOf(IDS[list], (after) => httpPage(service, list, after))),
  );
  const onCommandLine = await Promise.all(
    LISTS.map((list) => pagesOf(IDS[list], (after) => commandPage(service, list, after))),
  );

  expect(onCommandLine).toEqual(overHttp);
  expect(overHttp).toEqual([
    [["run-c", "run-b"], ["run-a"]],
    [["c", "b"], ["a"]],
    [["thread-c", "thread-b"], ["thread-a"]],
    [["a", "b"], ["c"]],
  ]);
}, 120_000);

test("what one workspace has is not there in another, by any route", async () => {
  const service = await startService(RULES_APP);
  await storePlan(service, "a");
  const gate = z.looseObject({ gate: z.looseObject({ id: z.string() }) });
  const { id } = gate.parse((await service.call("/api/plans/a")).json).gate;
  const decision = { decision: "approve", by: "ann" };
  const requests: readonly (readonly [string, object?])[] = [
    ["/api/runs/run-a"],
    ["/api/runs/run-a/events"],
    ["/api/runs/run-a/cancel", {}],
    ["/api/threads/thread-a"],
    ["/api/threads/thread-a/transcript"],
    ["/api/plans/a"],
    ["/api/plans/a/decisions", decision],
    ["/api/plans/a/cancel", { by: "ann" }],
    ["/api/plans/a/settle", { index: 0, as: "done", by: "ann" }],
    [`/api/approvals/${id}`],
    [`/api/approvals/${id}/decisions`, decision],
  ];

  const elsewhere = await Promise.all(
    requests.map(([path, json]) => service.call(`${path}?workspace=brief`, json === undefined ? {} : { json })),
  );
  const lists = await Promise.all(LISTS.map((list) => service.call(`/api/${list}?workspace=brief`)));
  const nowhere = await service.call("/api/runs?workspace=nobody");

  expect(elsewhere.map(({ status }) => status)).toEqual(requests.map(() => 404));
  expect(lists.map(({ json }) => json)).toEqual(LISTS.map(() => ({ schemaVersion: 1, items: [], next: null })));
  expect(nowhere).toMatchObject({
    status: 404,
    json: { error: { code: "WORKSPACE_UNKNOWN", hint: expect.stringContaining("?workspace=") } },
  });
  expect((await service.call("/api/plans/a")).json).toMatchObject({ status: "draft", decisions: [] });
}, 120_000);

test("every route is behind its guards: host, origin, token, content type, size, and ids that are paths", async () => {
  const { url, token } = await startServe();
  const authorization = `Bearer ${token}`;
  const json = { "content-type": "application/json" };
  const large = JSON.stringify({ prompt: "x".repeat(3_000_000) });
  const wishes = routesOf(unopenedApp()).flatMap(({ method, path }): readonly Wish[] => {
    const own = { authorization, ...json };
    const isApi = path.startsWith("/api");
    return [
      { method, path, headers: { ...own, host: "evil.test" }, status: 403, code: "HOST_REFUSED" },
      { method, path, headers: { ...own, origin: "http://evil.test" }, status: 403, code: "ORIGIN_REFUSED" },
      { method, path, headers: { ...own, origin: "null" }, status: 403, code: "ORIGIN_REFUSED" },
      ...(isApi ? [{ method, path, headers: json, status: 401, code: "TOKEN_REFUSED" }] : []),
      ...(isApi ? [{ method, path, headers: { authorization: "Bearer x" }, status: 401, code: "TOKEN_REFUSED" }] : []),
      ...(method === "GET"
        ? []
        : [
            { method, path, headers: { authorization }, status: 415, code: "CONTENT_TYPE_REFUSED" },
            { method, path, headers: own, body: large, status: 413, code: "BODY_TOO_LARGE" },
          ]),
    ];
  });
  const paths = ["..%2f..%2fetc%2fpasswd", "%2e%2e", "a%00b", "%2fetc%2fpasswd"].map((id) => `/api/runs/${id}`);

  const answers = await Promise.all(wishes.map((wish) => httpCall(url + wish.path, wish)));
  const read = await Promise.all(paths.map((path) => httpCall(url + path, { headers: { authorization } })));

  expect(wishes.length).toBeGreaterThan(60);
  const Refusal = z.strictObject({ schemaVersion: z.literal(1), error: z.looseObject({ code: z.string() }) });
  expect(answers.map(({ status, body }) => [status, Refusal.parse(JSON.parse(body)).error.code])).toEqual(
    wishes.map(({ status, code }) => [status, code]),
  );
  const policies = answers.map(({ headers }) => headers["content-security-policy"]);
  expect(policies.every((policy) => policy?.includes("frame-ancestors 'none'"))).toBe(true);
  expect(answers.filter(({ headers }) => headers["access-control-allow-origin"] !== undefined)).toEqual([]);
  expect(read.map(({ status }) => status >= 400 && status < 500)).toEqual(paths.map(() => true));
}, 120_000);

test("serve listens on loopback only, and the token of an earlier start is worth nothing", async () => {
  const first = await startServe();
  const wide = await bridle(first.project, ["serve", "--host", "0.0.0.0", "--json"]);
  const before = await runsOf(first.url, first.token);
  first.process.child.kill("SIGKILL");
  await first.process.result;

  const second = await startServe(first.project);

  expect(wide).toMatchObject({ code: 2, stdout: "" });
  expect(parseJson(wide.stderr)).toMatchObject({ error: { code: "HOST_REFUSED" } });
  expect(new URL(first.url).hostname).toBe("127.0.0.1");
  expect(second.token).not.toBe(first.token);
  expect([before, await runsOf(second.url, first.token), await runsOf(second.url, second.token)]).toEqual([
    200, 401, 200,
  ]);
}, 60_000);

/** A request that must be refused, and how. */
interface Wish extends HttpCall {
  readonly path: string;
  readonly status: number;
  readonly code: string;
}

/** A planner's run that stores a plan, whose gate then waits. */
async function storePlan({ call }: CliService, name: string): Promise<void> {
  const body = { actions: [{ kind: "price", product: "pen" }] };
  const step = { tool: "storePlan", args: { specName: "PricePlan", planId: name, body } };
  const prompt = JSON.stringify([step, { text: "Stored." }]);
  await call("/api/runs", { json: { runId: `run-${name}`, threadId: `thread-${name}`, agent: "planner", prompt } });
  const says = async (path: string, text: string): Promise<boolean> =>
    JSON.stringify((await call(path)).json).includes(text);
  await vi.waitUntil(
    async () => (await says(`/api/runs/run-${name}`, '"completed"')) && says(`/api/approvals`, `"id":"${name}"`),
    { timeout: 20_000, interval: 100 },
  );
}

const Page = z.looseObject({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });
type Page = z.infer<typeof Page>;

/** The ids of every page, from the first to the last. */
async function pagesOf(id: string, read: (after: string | null) => Promise<Page>): Promise<readonly unknown[][]> {
  const pages: unknown[][] = [];
  for (let after: string | null = null; pages.length === 0 || after !== null;) {
    const { items, next }: Page = await read(after);
    pages.push(items.map((item) => item[id]));
    after = next;
  }
  return pages;
}

async function httpPage({ call }: CliService, list: string, after: string | null): Promise<Page> {
  const place = after === null ? "" : `&after=${encodeURIComponent(after)}`;
  return Page.parse((await call(`/api/${list}?limit=2${place}`)).json);
}

async function commandPage({ project }: CliService, list: string, after: string | null): Promise<Page> {
  const place = after === null ? [] : ["--after", after];
  return Page.parse(parseJson((await bridle(project, [list, "list", "--limit", "2", ...place, "--json"])).stdout));
}

const Ready = z.looseObject({ url: z.url(), tokenFile: z.string() });

/** An HTTP API without a worker, and the token that it made for this start. */
async function startServe(project = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress"), BRIDLE_APP: APP })) {
  const process = startBridle(project, ["serve", "--port", "0"]);
  const { url, tokenFile } = Ready.parse(JSON.parse(await process.line((line) => line.includes("serve.ready"))));
  return { project, process, url, token: readFileSync(tokenFile, "utf8") };
}

async function runsOf(url: string, token: string): Promise<number> {
  return (await httpCall(`${url}/api/runs`, { headers: { authorization: `Bearer ${token}` } })).status;
}
