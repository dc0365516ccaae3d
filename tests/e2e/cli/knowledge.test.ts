import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ingestKnowledge, openCatalog } from "../../../src/data-access.ts";
import { TenantId } from "../../../src/protocol/ids.ts";
import { startFakeMessagesApi } from "../../../src/testing/index.ts";
import { type CliProject, bridle, cliProject, parseJson, startBridle } from "../../helpers/cli.ts";

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
  mkdirSync(join(project.folder, "empty"));
  await bridle(project, [...DATA, "knowledge", "ingest", "--local-dir", "empty"]);
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

const ASK = ["knowledge", "ingest", "--local-dir", "docs", "--extract-with", "claude-test"];

test("a model is asked only with a key and a word about how far, and its estimate comes first", async () => {
  const api = await startFakeMessagesApi();
  onTestFinished(() => api.close());
  const item = { part: 0, kind: "term", name: "Lot", definition: "A delivery.", quote: "A lot is one delivery" };
  api.respond(() => ({ toolCalls: [{ name: "record_knowledge", args: { items: [item] } }] }));
  const project = projectWith({ catalog: DURABLE, kv: DURABLE });
  writeFileSync(join(project.folder, "docs", "stock.md"), "A lot is one delivery of a supplier.\n");
  const withKey = { ...project, env: { ...project.env, ANTHROPIC_API_KEY: "k", ANTHROPIC_BASE_URL: api.url } };

  const unsaid = await bridle(project, [...DATA, ...ASK]);
  const keyless = await bridle(project, [...DATA, ...ASK, "--yes"]);
  const limited = await bridle(withKey, [...DATA, ...ASK, "--max-tokens", "10"]);
  const before = api.requests.length;
  const asked = await bridle(withKey, ["--data-environment", "data.json", "data", ...ASK, "--yes"]);
  const again = await bridle(withKey, [...DATA, ...ASK, "--yes"]);

  expect(unsaid).toMatchObject({ code: 4, stderr: expect.stringContaining("--yes") });
  expect(parseJson(unsaid.stdout)).toMatchObject({ documents: 1, extraction: { estimate: { calls: 1 }, calls: 0 } });
  expect(keyless.code).toBe(2);
  expect(parseJson(keyless.stderr)).toMatchObject({ error: { code: "MODEL_KEY_MISSING" } });
  expect(limited).toMatchObject({ code: 0, stderr: expect.stringContaining("1 parts are left") });
  expect(before).toBe(0);
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining("claude-test: 1 proposal in 1 part") });
  expect(asked.stderr).toContain("claude-test: 1 part in 1 call, about ");
  expect(parseJson(again.stdout)).toMatchObject({ items: 1, extraction: { calls: 0, left: 0 } });
  expect(api.requests).toHaveLength(1);
});

test("a key that is refused leaves the documents in the catalog and ends with its code", async () => {
  const api = await startFakeMessagesApi({ apiKey: "another" });
  onTestFinished(() => api.close());
  const project = projectWith({ catalog: DURABLE, kv: DURABLE });
  const env = { ...project.env, ANTHROPIC_API_KEY: "sk-CANARY-1", ANTHROPIC_BASE_URL: api.url };

  const { code, stdout, stderr } = await bridle({ ...project, env }, [...DATA, ...ASK, "--yes"]);

  expect(code).toBe(1);
  expect(parseJson(stdout)).toMatchObject({ documents: 1, extraction: { left: 1, error: { code: "MODEL_AUTH" } } });
  expect(stderr).toContain("MODEL_AUTH");
  expect(stdout + stderr).not.toContain("CANARY");
});

test("programs ingest too, and Ctrl-C ends a long ingestion at once", async () => {
  const api = await startFakeMessagesApi();
  onTestFinished(() => api.close());
  api.respond(() => ({ text: "late", delayMs: 600_000 }));
  const project = projectWith({ catalog: DURABLE, kv: DURABLE });
  const env = { ...project.env, ANTHROPIC_API_KEY: "k", ANTHROPIC_BASE_URL: api.url };

  const running = startBridle({ ...project, env }, [
    "--output",
    "ndjson",
    ...DATA.slice(0, 2),
    "data",
    ...ASK,
    "--yes",
  ]);
  await running.line((line) => line.includes(" in 1 call"));
  running.child.kill("SIGINT");
  const { code, stdout } = await running.result;
  const folder = join(project.folder, "docs");
  const scope = { tenantId: TenantId.parse("acme") };
  const report = await ingestKnowledge(join(project.folder, "data.json"), scope, { folder });

  expect(code).toBe(130);
  expect(stdout.trimEnd().split("\n").at(-1)).toContain('"exitCode":130');
  expect(report).toMatchObject({ source: "docs", files: { unchanged: 1 }, documents: 1, extraction: null });
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
