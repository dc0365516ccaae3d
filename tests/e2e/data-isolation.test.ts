import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { catalogTool } from "../../src/activities/tools/catalog-tools.ts";
import { openWorkspaceData } from "../../src/catalog/workspace-data.ts";
import { ingestKnowledge, openCatalog } from "../../src/data-access.ts";
import { readDataEnvironment } from "../../src/data/read-data-environment.ts";
import type { CatalogScope } from "../../src/protocol/catalog.ts";
import { catalogTools } from "../../src/specs/tools/catalog-toolkit.ts";
import { durableCatalogs } from "../contract/catalog-store.ts";
import { type CliProject, bridle, cliProject } from "../helpers/cli.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

/** Each scope writes its own word into everything; no other scope may ever read it. */
const SCOPES = [
  { word: "quokka", tenantId: "acme", workspaceId: "default" },
  { word: "wombat", tenantId: "acme", workspaceId: "analytics" },
  { word: "numbat", tenantId: "globex", workspaceId: "default" },
] as const;
type Scope = (typeof SCOPES)[number];
const STEPS = 30;

describe.each(durableCatalogs)("tenants and workspaces of one database in $name", ({ newUrl, name }) => {
  test.each([1, 2])(
    "see nothing of each other by search, tools or commands, whatever they did (seed %i)",
    { timeout: 120_000 },
    async (seed) => {
      const project = projectAt(newUrl(), name);
      const random = seededRandom(seed);
      for (let step = 0; step < STEPS; step++) await act(project, random.pick(SCOPES), random.below(5));
      for (const scope of SCOPES) for (const action of [0, 1, 4]) await act(project, scope, action);

      for (const scope of SCOPES) {
        const seen = [...(await bySearch(project, scope)), ...(await byTools(project, scope))];
        seen.push(...(await byCommands(project, scope)));
        const foreign = new RegExp(SCOPES.flatMap(({ word }) => (word === scope.word ? [] : [word])).join("|"));
        for (const text of seen) expect(text).not.toMatch(foreign);
        // A path between two tables has nobody's word in it.
        expect(seen.filter((text) => !text.includes(scope.word))).toEqual([expect.stringContaining('"paths"')]);
      }
    },
  );
});

const DESCRIPTOR = "data.json";

function projectAt(url: string, kind: string): CliProject {
  const project = cliProject();
  const store = { kind, url, ensure_schema: true };
  const descriptor = { catalog: store, kv: store, catalog_search: { index_path: "index.db" } };
  writeFileSync(join(project.folder, DESCRIPTOR), JSON.stringify(descriptor));
  return project;
}

/** One of the things that a scope can do with its catalog. */
async function act({ folder }: CliProject, { word, ...scope }: Scope, action: number): Promise<void> {
  const descriptor = join(folder, DESCRIPTOR);
  const documents = join(folder, `docs-${word}`);
  mkdirSync(documents, { recursive: true });
  const catalog = await openCatalog(descriptor, scope);
  try {
    if (action === 0) {
      await catalog.upsert({
        entries: ENTRIES.map(([id, itemType, table]) => ({
          id,
          itemType,
          name: table,
          qualified_name: `shop.main.${table}`,
          content: `orders of ${word}`,
          tags: [word],
        })),
        edges: [{ ...REFERENCE, columns: [["customer_id", "id"]], evidence: { by: word } }],
      });
    } else if (action === 1) {
      writeFileSync(join(documents, "notes.md"), `# Terms\n- **Order**: what a ${word} asks for in orders\n`);
      await ingestKnowledge(descriptor, scope, { folder: documents, source: "docs" });
    } else if (action === 2) {
      rmSync(join(documents, "notes.md"), { force: true });
      await ingestKnowledge(descriptor, scope, { folder: documents, source: "docs" });
    } else if (action === 3) await catalog.remove(ENTRIES.map(([id]) => id));
    else await catalog.rebuildIndex();
  } finally {
    await catalog.close();
  }
}

const ENTRIES = [
  ["table:shop.main.orders", "table", "orders"],
  ["table:shop.main.customers", "table", "customers"],
  ["column:shop.main.orders.customer_id", "column", "customer_id"],
] as const;
const REFERENCE = {
  from: "table:shop.main.orders",
  to: "table:shop.main.customers",
  type: "references",
  origin: "declared",
  confidence: 1,
} as const;

const EVERYTHING = `orders customers terms ${SCOPES.map(({ word }) => word).join(" ")}`;

async function bySearch({ folder }: CliProject, scope: CatalogScope): Promise<readonly string[]> {
  const catalog = await openCatalog(join(folder, DESCRIPTOR), { ...scope });
  onTestFinished(() => catalog.close());
  const itemTypes = ["table", "column", "document", "knowledge"] as const;
  return [
    JSON.stringify(await catalog.search(EVERYTHING, { limit: 50 })),
    JSON.stringify(await catalog.search(EVERYTHING, { limit: 50, itemTypes: [...itemTypes] })),
  ];
}

/** What an agent of the scope is told. */
async function byTools({ folder }: CliProject, { tenantId, workspaceId }: CatalogScope): Promise<readonly string[]> {
  const environment = readDataEnvironment(DESCRIPTOR, { env: {}, folder, tenantId });
  const data = openWorkspaceData(environment, { tenantId, workspaceId });
  onTestFinished(() => data.close());
  const calls = {
    search_catalog: { query: EVERYTHING, limit: 50 },
    get_catalog_entities: { ids: ENTRIES.map(([id]) => id) },
    list_schema_fields: { table: "table:shop.main.orders" },
    get_catalog_relations: { ids: ENTRIES.map(([id]) => id) },
    get_relation_paths_between: { from: "table:shop.main.orders", to: "table:shop.main.customers" },
  };
  const told: string[] = [];
  for (const [name, args] of Object.entries(calls)) {
    const tool = catalogTool(catalogTools([name])[0], data) ?? expect.fail(name);
    // The tools of the catalog look at nothing of their context but the signal.
    const context = { signal: new AbortController().signal } as Parameters<typeof tool.handler>[1];
    told.push(JSON.stringify(await tool.handler(args, context)));
  }
  return told;
}

/** What its commands print. */
async function byCommands(project: CliProject, { tenantId, workspaceId }: CatalogScope): Promise<readonly string[]> {
  const flags = ["--tenant-id", tenantId, "--workspace-id", workspaceId];
  const run = async (...args: readonly string[]): Promise<string> => {
    const done = await bridle(project, ["--data-environment", DESCRIPTOR, "--json", "data", ...args, ...flags]);
    expect(done).toMatchObject({ code: 0 });
    return done.stdout + done.stderr;
  };
  return [await run("catalog", "export"), await run("catalog", "graph", "--format", "json", "--include-columns")];
}
