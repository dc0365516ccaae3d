import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openCatalogOf } from "../../src/catalog/open-catalog.ts";
import type { DataEnvironment } from "../../src/data/data-environment.ts";
import { readDataEnvironment } from "../../src/data/read-data-environment.ts";
import { createRuntime, defineRuntime, defineSpecialist, defineTenant, type RunEvent } from "../../src/index.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const TABLES = ["table:shop.main.orders", "table:shop.main.customers"] as const;
const WORKSPACE = "shop";

const spec = (config: object = {}): ReturnType<typeof defineRuntime> =>
  defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [defineSpecialist({ name: "analyst", model: "m", prompt: "p", toolkits: ["catalog"] })],
    toolkits: [{ id: "catalog", config: { ...config } }],
  });

test("an agent searches the catalog, reads it, walks it and queries the database, through the funnel of every tool", async () => {
  const results = await ask(await shop(), [
    { tool: "search_catalog", args: { query: "what customers bought" } },
    { tool: "get_catalog_entities", args: { ids: [TABLES[0], "table:nope"] } },
    { tool: "list_schema_fields", args: { table: TABLES[0] } },
    { tool: "get_catalog_relations", args: { ids: [TABLES[0]] } },
    { tool: "get_relation_paths_between", args: { from: TABLES[1], to: TABLES[0] } },
    { tool: "sample_table_data", args: { table: "orders", rows: 1 } },
    {
      tool: "execute_query",
      args: { sql: "select sum(total) as total from orders where customer_id = ?", params: [1] },
    },
    { tool: "execute_query", args: { sql: "delete from orders" } },
  ]);

  expect(results[0]).toMatchObject({ results: expect.arrayContaining([expect.objectContaining({ id: TABLES[0] })]) });
  expect(results[1]).toMatchObject({ entities: [{ id: TABLES[0] }], unknown: ["table:nope"] });
  expect(results[2]).toMatchObject({
    fields: [{ name: "customer_id" }, { name: "total", description: "In cents." }],
    truncated: false,
  });
  expect(results[3]).toMatchObject({ relations: [{ type: "references", to: TABLES[1] }], total: 1 });
  expect(results[4]).toMatchObject({ paths: [{ steps: [{ columns: [["id", "customer_id"]], cardinality: "1:n" }] }] });
  expect(results[5]).toMatchObject({ row_count: 1, columns: ["customer_id", "total"] });
  expect(results[6]).toMatchObject({ columns: ["total"], rows: [[300]], truncated: false });
  expect(results[7]).toMatchObject({ error: expect.stringContaining("only SELECT statements are allowed") });
});

test("a missing or stale index is an error with the command, never an empty answer", async () => {
  const environment = await shop();
  const call = { tool: "search_catalog", args: { query: "orders" } };
  const catalog = await openCatalogOf(environment, { tenantId: "acme", workspaceId: WORKSPACE });
  await catalog.store.upsert({
    entries: [
      {
        id: "table:x",
        itemType: "table",
        name: "x",
        qualified_name: "x",
        content: "",
        tags: [],
        related: [],
        metadata: {},
      },
    ],
  });
  await catalog.close();

  const [stale] = await ask(environment, [call]);
  const [missing] = await ask(
    { ...environment, catalogSearch: { ...search(environment), indexPath: `${temporaryFolder()}/none.db` } },
    [call],
  );

  expect(JSON.stringify(stale)).toContain("INDEX_STALE");
  expect(JSON.stringify(missing)).toContain("INDEX_MISSING");
  for (const said of [stale, missing]) expect(JSON.stringify(said)).toContain("bridle data catalog index rebuild");
});

test("an index is built at the start when the data environment says so", async () => {
  const environment = await shop();
  const indexPath = `${temporaryFolder()}/new.db`;

  const [found] = await ask(
    { ...environment, catalogSearch: { ...search(environment), indexPath, rebuildOnStart: true } },
    [{ tool: "search_catalog", args: { query: "orders" } }],
  );

  expect(found).toMatchObject({ results: [expect.objectContaining({ id: TABLES[0] }), expect.anything()] });
});

test("what the data environment does not name is an error that names the key", async () => {
  const environment = await shop();

  const [query, entities] = await ask({ ...environment, targetDatabase: null, catalog: null }, [
    { tool: "execute_query", args: { sql: "select 1" } },
    { tool: "get_catalog_entities", args: { ids: ["table:x"] } },
  ]);

  expect(JSON.stringify(query)).toMatch(/TARGET_DATABASE_MISSING.*target_database/);
  expect(JSON.stringify(entities)).toMatch(/CATALOG_MISSING.*catalog/);
});

test("a toolkit's config narrows what the agent has", async () => {
  const narrowed = spec({ tools: ["search_catalog"] });

  const [refused] = await ask(await shop(), [{ tool: "execute_query", args: { sql: "select 1" } }], narrowed);

  expect(narrowed.manifest.agents["analyst"]?.tools.map(({ name }) => name)).toEqual(["search_catalog"]);
  expect(JSON.stringify(refused)).toContain("TOOL_UNKNOWN");
  expect(() => spec({ tools: ["search_catalogue"] })).toThrow(
    /toolkits\[0\]\.config\.tools must be names of its tools/,
  );
  expect(() => spec({ tool: [] })).toThrow(/toolkits\[0\]\.config\.tool must be left out/);
});

test("without catalog_search a runtime with the toolkit is refused", () => {
  for (const options of [{}, { dataEnvironment: { catalog: { kind: "empty" } } }])
    expect(() => createRuntime(spec(), options)).toThrow(expect.objectContaining({ code: "CATALOG_SEARCH_MISSING" }));
});

function search({ catalogSearch }: DataEnvironment): NonNullable<DataEnvironment["catalogSearch"]> {
  return catalogSearch ?? expect.fail();
}

/** What came of each call of a script. */
async function ask(
  dataEnvironment: DataEnvironment,
  calls: readonly object[],
  runtime = spec(),
): Promise<readonly unknown[]> {
  await using open = await openRuntime(runtime, { dataEnvironment, workspace: WORKSPACE });
  const run = open.runtime.runSpecialist("analyst", JSON.stringify([...calls, { text: "Done." }]));
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events.flatMap((event) =>
    event.type === "tool-invocation" && event.state === "result" ? [event.result] : [],
  );
}

/** A database of two tables, and a catalog of them with its index. */
async function shop(): Promise<DataEnvironment> {
  const folder = temporaryFolder();
  const database = new Database(join(folder, "shop.db"));
  database.exec(
    "create table customers(id integer primary key); create table orders(customer_id integer, total integer)",
  );
  database.exec("insert into customers values (1); insert into orders values (1, 100), (1, 200), (2, 5)");
  database.close();
  const environment = readDataEnvironment(
    {
      target_database_url: "sqlite:shop.db",
      catalog: { kind: "sqlite", url: "sqlite:catalog.db" },
      catalog_search: { index_path: "index.db" },
    },
    { env: {}, folder },
  );
  const catalog = await openCatalogOf(environment, { tenantId: "acme", workspaceId: WORKSPACE });
  const metadata = { databaseId: "shop" };
  await catalog.upsert({
    entries: [
      {
        id: TABLES[0],
        itemType: "table",
        name: "orders",
        qualified_name: "main.orders",
        content: "What customers bought.",
        metadata,
      },
      { id: TABLES[1], itemType: "table", name: "customers", qualified_name: "main.customers", metadata },
      {
        id: "column:shop.main.orders.total",
        itemType: "column",
        name: "total",
        qualified_name: "main.orders.total",
        content: "In cents.",
        metadata: { ...metadata, ordinal: 2 },
      },
      {
        id: "column:shop.main.orders.customer_id",
        itemType: "column",
        name: "customer_id",
        qualified_name: "main.orders.customer_id",
        metadata: { ...metadata, ordinal: 1 },
      },
    ],
    edges: [
      {
        from: TABLES[0],
        to: TABLES[1],
        type: "references",
        origin: "declared",
        confidence: 1,
        columns: [["customer_id", "id"]],
      },
    ],
  });
  await catalog.rebuildIndex();
  await catalog.close();
  return environment;
}
