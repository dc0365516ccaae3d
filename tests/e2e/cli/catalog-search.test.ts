import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCatalog } from "../../../src/data-access.ts";
import { bridle, type CliProject, cliProject, type CliResult, parseJson, parseLines } from "../../helpers/cli.ts";

const HOSTILE = "orders of \u001b[2J customers";

/** A project whose catalog holds three tables of one tenant and a table of another, and an index of both. */
async function projectWithIndex(): Promise<CliProject> {
  const project = cliProject();
  const { folder } = project;
  const environment = {
    tenant_id: "acme",
    catalog: { kind: "sqlite", url: `sqlite:${join(folder, "catalog.db")}` },
    catalog_search: { index_path: join(folder, "index.db") },
  };
  writeFileSync(join(folder, "data.json"), JSON.stringify(environment));
  writeFileSync(join(folder, "other.json"), JSON.stringify({ ...environment, tenant_id: "other" }));
  for (const [tenantId, tables] of [
    ["acme", ["orders", "order_lines", "customers"]],
    ["other", ["orders_of_others"]],
  ] as const) {
    const catalog = await openCatalog({ ...environment, tenant_id: tenantId }, { tenantId });
    await catalog.upsert({ entries: tables.map((name) => table(name)) });
    await catalog.rebuildIndex();
    await catalog.close();
  }
  return project;
}

function table(name: string) {
  return {
    id: `table:${name}`,
    itemType: "table",
    name,
    qualified_name: `shop.${name}`,
    content: HOSTILE,
  } as const;
}

const search = (project: CliProject, ...args: readonly string[]): Promise<CliResult> =>
  bridle(project, ["--data-environment", "data.json", "data", "catalog", "search", ...args]);

test("the catalog is searched in pages, by its own tenant only, as text, as a document and as lines", async () => {
  const project = await projectWithIndex();
  const before = readdirSync(project.folder).toSorted();

  const first = await search(project, "orders", "--limit", "2", "--json");
  const rest = await search(project, "orders", "--limit", "2", "--after", "2", "--json");
  const text = await search(project, "orders");
  const lines = await search(project, "orders", "--output", "ndjson");
  const none = await search(project, "zeppelin");
  const columns = await search(project, "orders", "--item-types", "column, document", "--json");

  expect(parseJson(first.stdout)).toMatchObject({
    schemaVersion: 1,
    items: [{ id: "table:orders", itemType: "table", qualifiedName: "shop.orders", why: expect.any(Array) }, {}],
    next: "2",
  });
  expect(parseJson(rest.stdout)).toMatchObject({ items: [{ id: expect.any(String) }], next: null });
  expect(text.stdout).toMatch(/^SCORE +TYPE +NAME +FOUND +TEXT\n\d+\.\d{3} +table +shop\.orders +name: /);
  expect(text.stdout).toContain("orders of \\x1b[2J customers");
  expect(text.stdout + first.stdout + rest.stdout).not.toContain("others");
  expect(parseLines(lines.stdout).map(({ event }) => event)).toEqual(["item", "item", "item", "done"]);
  expect(none).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("nothing was found") });
  expect(parseJson(columns.stdout)).toMatchObject({ items: [], next: null });
  expect(readdirSync(project.folder).toSorted()).toEqual(before);
});

test("a search says what is wrong with its flags, its index and its catalog, and makes none of them", async () => {
  const project = await projectWithIndex();
  const { folder } = project;
  const environment = { tenant_id: "acme", catalog: { kind: "sqlite", url: `sqlite:${join(folder, "catalog.db")}` } };
  const missing = { catalog_search: { index_path: join(folder, "missing.db") } };
  writeFileSync(join(folder, "no-search.json"), JSON.stringify(environment));
  writeFileSync(join(folder, "no-index.json"), JSON.stringify({ ...environment, ...missing }));
  const mistyped = { kind: "sqlite", url: `sqlite:${join(folder, "catlog.db")}` };
  writeFileSync(join(folder, "no-catalog.json"), JSON.stringify({ ...environment, ...missing, catalog: mistyped }));
  const before = readdirSync(folder).toSorted();
  const told = async (file: string, ...args: readonly string[]): Promise<unknown> => {
    const { code, stderr } = await search(project, "orders", "--data-environment", file, "--json", ...args);
    return { code, ...parseJson(stderr) };
  };

  const hint = expect.any(String);
  expect(await told("data.json", "--limit", "51")).toMatchObject({ code: 2 });
  expect(await told("data.json", "--item-types", "tables")).toMatchObject({ code: 2 });
  expect(await told("no-search.json")).toMatchObject({ code: 2, error: { code: "CATALOG_SEARCH_MISSING", hint } });
  expect(await told("no-index.json")).toMatchObject({ error: { code: "INDEX_MISSING", hint } });
  expect(await told("no-catalog.json")).toMatchObject({ code: 2, error: { code: "CATALOG_MISSING", hint } });
  const catalog = await openCatalog(join(folder, "data.json"), { tenantId: "acme" });
  await catalog.upsert({ entries: [table("late")] });
  await catalog.close();
  expect(await told("data.json")).toMatchObject({ error: { code: "INDEX_STALE", hint } });
  expect(readdirSync(folder).toSorted()).toEqual(before);
});
