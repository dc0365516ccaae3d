import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openCatalog } from "../../../src/data-access.ts";
import { TenantId } from "../../../src/protocol/ids.ts";
import { type CliProject, bridle, cliProject, parseJson } from "../../helpers/cli.ts";

const DURABLE = { kind: "sqlite", url: "sqlite:catalog.db", ensure_schema: true };

test("documents are ingested, exported and drawn without a Temporal server", async () => {
  const project = projectWith({ catalog: DURABLE, kv: DURABLE });

  const ingested = await bridle(project, [...DATA, "knowledge", "ingest", "--local-dir", "docs", "--ext", "md,txt"]);
  const exported = await bridle(project, [...DATA, "catalog", "export", "--output-file", "export.json"]);
  const drawn = await bridle(project, [...DATA, "catalog", "graph", "--output-file", "graph.html", "--max-nodes", "1"]);

  expect(parseJson(ingested.stdout)).toMatchObject({ documents: 1, items: 1, source: "docs", namespace: "acme" });
  expect(ingested.stderr).toContain("bad.txt skipped: it holds NUL bytes");
  expect(parseJson(exported.stdout)).toMatchObject({ entries: 3 });
  expect(parseJson(readFileSync(join(project.folder, "export.json"), "utf8"))).toMatchObject({ kind: "inline" });
  expect(parseJson(drawn.stdout)).toMatchObject({ nodes: 1, truncated: true, totals: { nodes: 2 } });
  const file = join(project.folder, "graph.html");
  expect(readFileSync(file, "utf8")).toContain("Content-Security-Policy");
  expect(statSync(file).mode & 0o077).toBe(0);
});

test.each([
  [true, 1, ""],
  [false, 0, "`bridle data catalog index rebuild`"],
])("with write_through %s the search index has %i of what was ingested", async (writeThrough, found, hint) => {
  const catalogSearch = { index_path: "index.db", write_through: writeThrough };
  const project = projectWith({ catalog: DURABLE, kv: DURABLE, catalog_search: catalogSearch });
  await bridle(project, [...DATA, "catalog", "index", "rebuild"]);

  const ingest = ["data", "knowledge", "ingest", "--local-dir", "docs"];
  const ingested = await bridle(project, ["--data-environment", "data.json", ...ingest]);

  expect(ingested.stderr).toContain(hint);
  const descriptor = join(project.folder, "data.json");
  const catalog = await openCatalog(descriptor, { tenantId: TenantId.parse("acme") });
  onTestFinished(() => catalog.close());
  const search = catalog.search("SKU sellable unit", { itemTypes: ["knowledge"] });
  if (found === 0) await expect(search).rejects.toMatchObject({ code: "INDEX_STALE" });
  else expect(await search).toHaveLength(found);
});

test("a graph for programs carries its totals, and without a file it is the result", async () => {
  const entries = [{ id: "table:products", itemType: "table", name: "products", qualified_name: "products" }];
  const project = projectWith({ catalog: { kind: "inline", entries } });

  const drawn = await bridle(project, [...DATA, "catalog", "graph", "--format", "json"]);

  expect(parseJson(drawn.stdout)).toMatchObject({
    truncated: false,
    totals: { nodes: 1, columns: 0, edges: 0 },
    nodes: [{ id: "table:products", kind: "table" }],
  });
});

test.for([
  ["no kv", { catalog: DURABLE }, "docs", "KV_MISSING"],
  ["an inline catalog", { kv: DURABLE, catalog: { kind: "inline", entries: [] } }, "docs", "CATALOG_READ_ONLY"],
  ["no such folder", { kv: DURABLE, catalog: DURABLE }, "nowhere", "INPUT_INVALID"],
] as const)("ingesting with %s fails with a code and a hint", async ([, environment, folder, code]) => {
  const project = projectWith(environment);

  const { code: exitCode, stderr } = await bridle(project, [...DATA, "knowledge", "ingest", "--local-dir", folder]);

  expect(exitCode).not.toBe(0);
  const last = parseJson(stderr.trimEnd().split("\n").at(-1) ?? "");
  expect(last).toMatchObject({ error: { code, hint: expect.any(String) } });
});

const DATA = ["--data-environment", "data.json", "--json", "data"];

function projectWith(environment: object): CliProject {
  const project = cliProject();
  mkdirSync(join(project.folder, "docs"));
  writeFileSync(join(project.folder, "docs", "stock.md"), "# Glossary\n- **SKU**: a sellable unit\n");
  writeFileSync(join(project.folder, "docs", "bad.txt"), "\0");
  writeFileSync(join(project.folder, "data.json"), JSON.stringify({ tenant_id: "acme", ...environment }));
  return project;
}
