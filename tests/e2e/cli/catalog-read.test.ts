import { randomBytes } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import pg from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { profileDatabase } from "../../../src/data-access.ts";
import { bridle, cliProject, type CliProject, parseJson, startBridle } from "../../helpers/cli.ts";
import { graphCatalog } from "../../helpers/graph-catalog.ts";

const READERS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: "export", command: ["catalog", "export", "--output-file", "out.json"] },
  { name: "graph", command: ["catalog", "graph", "--output-file", "out.html"] },
  { name: "index rebuild", command: ["catalog", "index", "rebuild"] },
];

/** A project with a small shop and a data environment with this catalog. */
function projectWith(catalog: object): CliProject {
  const project = cliProject({ TEMPORAL_ADDRESS: "127.0.0.1:9" });
  const shop = new Database(join(project.folder, "shop.db"));
  shop.exec("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO products VALUES (1, 'Pen')");
  shop.close();
  writeFileSync(join(project.folder, "data.json"), JSON.stringify(environmentOf(project, catalog)));
  return project;
}

function environmentOf({ folder }: CliProject, catalog: object): object {
  return {
    tenant_id: "acme",
    target_database_url: `sqlite:${join(folder, "shop.db")}`,
    catalog,
    catalog_search: { index_path: join(folder, "index.db") },
  };
}

const data = (...command: readonly string[]): readonly string[] => [
  "--data-environment",
  "data.json",
  "data",
  ...command,
];

describe.each(READERS)("data catalog $name", ({ command }) => {
  test("makes no catalog out of a path that was mistyped, and says what makes one", async () => {
    const project = projectWith({ kind: "sqlite", url: "sqlite:catlog.db" });

    const refused = await bridle(project, data(...command, "--json"));

    expect(refused.code).toBe(2);
    expect(parseJson(refused.stderr)).toMatchObject({
      error: {
        code: "CATALOG_MISSING",
        message: `catalog ${join(project.folder, "catlog.db")}: expected a catalog, found none`,
        hint: expect.stringContaining("`bridle data profile database` or `bridle data knowledge ingest` makes"),
      },
    });
    expect(readdirSync(project.folder).toSorted()).toEqual(["data.json", "shop.db"]);
    expect(await bridle(project, data("profile", "database"))).toMatchObject({ code: 0 });
    expect(await bridle(project, data(...command))).toMatchObject({ code: 0 });
  });

  test("leaves a database that is no catalog as it is", async () => {
    const project = projectWith({ kind: "sqlite", url: "sqlite:other.db" });
    copyFileSync(join(project.folder, "shop.db"), join(project.folder, "other.db"));
    const before = readFileSync(join(project.folder, "other.db"));

    const refused = await bridle(project, data(...command, "--json"));

    expect(parseJson(refused.stderr)).toMatchObject({ error: { code: "CATALOG_MISSING" } });
    expect(readFileSync(join(project.folder, "other.db")).equals(before)).toBe(true);
    expect(readdirSync(project.folder).toSorted()).toEqual(["data.json", "other.db", "shop.db"]);
  });

  test("makes no schema in Postgres", async () => {
    const schema = `catalog_${randomBytes(5).toString("hex")}`;
    const project = projectWith({ kind: "postgres", url: `${inject("postgresUrl")}?schema=${schema}` });
    const server = await connect();

    const refused = await bridle(project, data(...command, "--json"));

    expect(parseJson(refused.stderr)).toMatchObject({ error: { code: "CATALOG_MISSING" } });
    const found = await server.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]);
    expect(found.rowCount).toBe(0);
  });
});

test.each(READERS.slice(0, 2))(
  "Ctrl-C ends data catalog $name while the database lets it wait",
  async ({ command }) => {
    const schema = `catalog_${randomBytes(5).toString("hex")}`;
    const catalog = { kind: "postgres", url: `${inject("postgresUrl")}?schema=${schema}` };
    const project = projectWith(catalog);
    const server = await connect();
    await profileDatabase(environmentOf(project, catalog), { tenantId: "acme" });
    const before = readdirSync(project.folder);
    await server.query(`BEGIN; LOCK TABLE "${schema}".catalog_entries IN ACCESS EXCLUSIVE MODE`);
    onTestFinished(async () => void (await server.query(`ROLLBACK; DROP SCHEMA "${schema}" CASCADE`)));

    const running = startBridle(project, data(...command));
    const table = `"${schema}".catalog_entries`;
    const waiting = "SELECT 1 FROM pg_locks WHERE relation = $1::regclass AND NOT granted";
    await expect.poll(async () => (await server.query(waiting, [table])).rowCount, { timeout: 20_000 }).toBe(1);
    const start = performance.now();
    running.child.kill("SIGINT");
    const { code } = await running.result;

    expect(code).toBe(130);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(readdirSync(project.folder)).toEqual(before);
  },
);

test("Ctrl-C ends data catalog graph while it finds the places of 20,000 entries", async () => {
  const project = projectWith({ kind: "inline", entries: graphCatalog(4_000).entries });

  const graph = data("catalog", "graph", "--include-columns", "--max-nodes", "20000", "--output-file", "out.html");
  const running = startBridle(project, ["--output", "ndjson", ...graph]);
  await running.line((line) => line.includes("placing 20000 entries"));
  const start = performance.now();
  running.child.kill("SIGINT");
  const { code } = await running.result;

  expect(code).toBe(130);
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(readdirSync(project.folder).toSorted()).toEqual(["data.json", "shop.db"]);
});

/** A connection to the Postgres of the run, closed last of all. */
async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
