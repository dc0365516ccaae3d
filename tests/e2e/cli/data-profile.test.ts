import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { CHINOOK } from "../../helpers/chinook.ts";
import { type CliProject, bridle, cliProject, parseJson, parseLines, startBridle } from "../../helpers/cli.ts";
import { sampleStatements } from "../../helpers/sample-schema.ts";

const FILE = ["--data-environment", "data.json"];

/** A project with Chinook and a data environment, and no Temporal server that could be reached. */
function dataProject(): CliProject {
  const here = cliProject({ TEMPORAL_ADDRESS: "127.0.0.1:9" });
  const db = new Database(join(here.folder, "shop.db"));
  for (const statement of sampleStatements(CHINOOK, { hasForeignKeys: true })) db.exec(statement);
  db.close();
  const environment = {
    tenant_id: "acme",
    target_database_url: "sqlite:shop.db",
    catalog: { kind: "sqlite", url: "sqlite:catalog.db", ensure_schema: true },
  };
  writeFileSync(join(here.folder, "data.json"), JSON.stringify(environment));
  return here;
}

test("an estimate says what a profile would read, and the profile does it, without a server", async () => {
  const here = dataProject();

  const estimate = await bridle(here, [...FILE, "--json", "data", "profile", "estimate"]);
  const profile = await bridle(here, [...FILE, "--output", "ndjson", "data", "profile", "database"]);
  const again = await bridle(here, [...FILE, "data", "profile", "database"]);

  const document = parseJson(estimate.stdout);
  expect(document).toMatchObject({
    schemaVersion: 1,
    databaseId: "shop",
    engine: "sqlite",
    scope: { tenantId: "acme", workspaceId: "default", schema: "main", tables: [] },
    totals: { tables: 11, rowsToRead: 335 },
    llm: { calls: 0, inputTokens: 0, outputTokens: 0, usd: 0 },
    planHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const lines = parseLines(profile.stdout);
  expect(lines.filter(({ event }) => event === "item")).toHaveLength(11);
  expect(lines.filter(({ event }) => event === "done")).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({
    event: "done",
    exitCode: 0,
    result: { planHash: document["planHash"], tenantId: "acme", tables: { written: 11 }, references: { declared: 11 } },
  });
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("11 unchanged") });
  expect(again.stderr).toContain("100% (11 of 11)");
});

test("flags win over the file, and each wrong thing is told in words", async () => {
  const here = dataProject();
  const estimate = ["data", "profile", "estimate", "--json"];

  const scoped = await bridle(here, [
    ...FILE,
    ...estimate,
    "--workspace-id",
    "analytics",
    "--database-id",
    "music",
    "--table",
    "Track",
    "--table",
    "Genre",
  ]);
  const tenant = await bridle(here, [...FILE, ...estimate, "--tenant-id", "globex"]);
  const missing = await bridle(here, [...estimate]);
  const table = await bridle(here, [...FILE, ...estimate, "--table", "Trakc"]);
  writeFileSync(join(here.folder, "none.json"), JSON.stringify({ target_database_url: "sqlite:nowhere.db" }));
  const database = await bridle(here, ["--data-environment", "none.json", ...estimate]);
  const catalog = await bridle(here, ["--data-environment", "none.json", "data", "profile", "database", "--json"]);

  expect(parseJson(scoped.stdout)).toMatchObject({
    scope: { tenantId: "acme", workspaceId: "analytics", tables: ["Track", "Genre"] },
    tables: [{ id: "table:music.main.Genre" }, { id: "table:music.main.Track" }],
  });
  const told = [tenant, missing, table, database, catalog].map(({ code, stderr }) => {
    const { error } = parseJson(stderr);
    return [code, error];
  });
  expect(told).toMatchObject([
    [2, { code: "TENANT_MISMATCH" }],
    [2, { code: "INPUT_INVALID", message: expect.stringContaining("--data-environment") }],
    [2, { code: "INPUT_INVALID", hint: 'Did you mean "Track"?' }],
    [3, { code: "DATABASE_UNAVAILABLE", message: expect.stringContaining("nowhere.db") }],
    [2, { code: "CATALOG_MISSING" }],
  ]);
});

test("Ctrl-C ends a reading that would not, at once, and says how to go on", async () => {
  const here = dataProject();
  const db = new Database(join(here.folder, "shop.db"));
  db.exec("CREATE VIEW zz AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) c FROM n");
  db.close();

  const running = startBridle(here, [...FILE, "--output", "ndjson", "data", "profile", "database"]);
  await running.line((line) => line.includes('"table":"Track"'));
  const start = performance.now();
  running.child.kill("SIGINT");
  const { code, stdout } = await running.result;

  expect(code).toBe(130);
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(parseLines(stdout).at(-1)).toMatchObject({ event: "done", ok: false, exitCode: 130 });
});

test("the search index is built by its command, and follows a profile where the file says so", async () => {
  const here = dataProject();
  const file = join(here.folder, "data.json");
  const environment = { ...parseJson(readFileSync(file, "utf8")) };
  const rebuild = [...FILE, "--json", "data", "catalog", "index", "rebuild"];

  const without = await bridle(here, rebuild);
  writeFileSync(
    file,
    JSON.stringify({ ...environment, catalog_search: { index_path: "index.db", write_through: true } }),
  );
  const profile = await bridle(here, [...FILE, "--json", "data", "profile", "database"]);
  const rebuilt = await bridle(here, rebuild);

  expect(without.code).toBe(2);
  expect(parseJson(without.stderr)).toMatchObject({ error: { code: "CATALOG_SEARCH_MISSING" } });
  expect(profile.code).toBe(0);
  expect(existsSync(join(here.folder, "index.db"))).toBe(true);
  expect(parseJson(rebuilt.stdout)).toMatchObject({ tenantId: "acme", workspaceId: "default", documents: 77 });
});
