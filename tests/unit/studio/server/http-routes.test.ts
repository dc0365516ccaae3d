import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HTTP_ROUTES, type HttpRoute } from "../../../../src/studio/server/http-routes.ts";
import { ROOT } from "../../../helpers/source-files.ts";
import { ALLOWED, unopenedApp } from "../../../helpers/unopened-app.ts";

const app = unopenedApp();
const PAGE = readFileSync(join(ROOT, "docs", "http.md"), "utf8");

test("the table of routes is what the server serves", () => {
  const served = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);

  expect(HTTP_ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(served.toSorted());
});

test("docs/http.md has a row for every route, and no other", () => {
  const rows = PAGE.split("\n").filter((line) => /^\| (GET|POST) /.test(line));

  expect(rows.map(cellsOf)).toEqual(HTTP_ROUTES.map(rowOf));
});

test.each(HTTP_ROUTES.filter(({ query }) => query.length > 0))(
  "$method $path takes the query that its row names",
  async (route) => {
    const query = new URLSearchParams(Object.fromEntries([...route.query, "zzz"].map((name) => [name, "x"])));

    expect(await complaint(route, `?${query.toString()}`)).toMatch(/Unrecognized key: "zzz"/);
  },
);

test.each(HTTP_ROUTES.filter(({ body }) => body.length > 0))(
  "$method $path takes the body that its row names",
  async (route) => {
    const required = route.body.filter((name) => !name.endsWith("?"));
    const optional = route.body.flatMap((name) => (name.endsWith("?") ? [name.slice(0, -1)] : []));
    const wrong = await Promise.all(
      [...required, ...optional, "zzz"].map((name) => complaint(route, "", { [name]: name === "edits" ? {} : [] })),
    );

    expect(wrong.map((said) => said.includes("Unrecognized key"))).toEqual([...route.body.map(() => false), true]);
    const missing = await complaint(route, "", { zzz: 1 });
    for (const name of required) expect(missing).toContain(`body.${name}: `);
    for (const name of optional) expect(missing).not.toContain(`body.${name}: `);
  },
);

test("a request to nowhere is told which page has the routes", async () => {
  const response = await app.request("/api/nowhere", { headers: ALLOWED });

  expect(await response.json()).toMatchObject({ error: { hint: expect.stringContaining("docs/http.md") } });
});

async function complaint({ method, path }: HttpRoute, query: string, body?: object): Promise<string> {
  const sent = method === "POST" ? { body: JSON.stringify(body ?? minimal(path)) } : {};
  const headers = { ...ALLOWED, "content-type": "application/json" };
  const response = await app.request(path.replace(":id", "x") + query, { method, headers, ...sent });
  expect(response.status).toBe(400);
  return JSON.stringify(await response.json()).replaceAll('\\"', '"');
}

/** A body that is fine, where the body is read before the query. */
function minimal(path: string): object {
  return path === "/api/runs" ? { prompt: "p" } : {};
}

function rowOf({ method, path, summary, query, body, answer, refusals }: HttpRoute): readonly string[] {
  const takes = [...query.map((name) => `?${name}`), ...body];
  return [`${method} \`${path}\``, summary, listed(takes), answer, listed(refusals)];
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function cellsOf(line: string): readonly string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
