import type { DatabaseDescription } from "../../data/profile/description.ts";
import type { TablePlan } from "../../data/profile/plan-profile.ts";
import type { CatalogEntry } from "../../protocol/catalog.ts";
import type { CatalogStore } from "../port.ts";
import { entryIdOf, entryIdPrefix } from "./entry-id.ts";
import { stamped } from "./profile-entries.ts";
import type { RelationRun } from "./write-relations.ts";

/** Writes the database and its schemas, and marks what the database no longer has; nothing is deleted. */
export async function writeUpper(
  run: RelationRun,
  description: DatabaseDescription,
  plans: readonly TablePlan[],
): Promise<{ readonly missing: number }> {
  const { databaseId } = run;
  const at = run.now();
  const names = (schema: string): readonly string[] =>
    description.tables.filter((table) => table.schema === schema).map(({ name }) => name);
  const schemas = description.schemas.map((schema) =>
    stamped(
      {
        id: entryIdOf([databaseId, schema]),
        itemType: "schema",
        name: schema,
        qualified_name: `${databaseId}.${schema}`,
        content: "",
      },
      { databaseId, at, metadata: { schemaName: schema, tables: names(schema).length } },
    ),
  );
  const database = stamped(
    { id: entryIdOf([databaseId]), itemType: "database", name: databaseId, qualified_name: databaseId, content: "" },
    {
      databaseId,
      at,
      metadata: {
        engine: description.engine,
        serverVersion: description.serverVersion,
        schemas: description.schemas,
        tables: description.tables.length,
        bytes: description.bytes,
      },
    },
  );
  const vanished = await vanishedEntries(run, description, plans);
  await run.journal.complete(database, [...schemas, ...vanished]);
  return { missing: vanished.filter(({ itemType }) => itemType === "table").length };
}

/** Entries of earlier profiles whose table or column is gone: of every table after a whole run, else of those looked at. */
async function vanishedEntries(
  { catalog, databaseId, options }: RelationRun,
  { schemas }: DatabaseDescription,
  plans: readonly TablePlan[],
): Promise<readonly CatalogEntry[]> {
  const present = new Set(
    plans.flatMap(({ table }) => [
      entryIdOf([databaseId, table.schema, table.name]),
      ...table.columns.map(({ name }) => entryIdOf([databaseId, table.schema, table.name, name])),
    ]),
  );
  const looked = plans.map(({ table }) => entryIdPrefix("column", [databaseId, table.schema, table.name]));
  const whole = schemas.flatMap((schema) => [
    entryIdPrefix("table", [databaseId, schema]),
    entryIdPrefix("column", [databaseId, schema]),
  ]);
  const found: CatalogEntry[] = [];
  for (const idPrefix of options.tables.length === 0 ? whole : looked) {
    for await (const entry of entriesBelow(catalog, idPrefix)) {
      const { source, status } = entry.metadata;
      if (present.has(entry.id) || source !== "profile" || status === "missing") continue;
      // The hash goes, so that the entry is written again when its table is back.
      found.push({ ...entry, metadata: { ...entry.metadata, status: "missing", contentHash: "missing" } });
    }
  }
  return found;
}

async function* entriesBelow(catalog: CatalogStore, idPrefix: string): AsyncGenerator<CatalogEntry> {
  let after: string | undefined;
  for (;;) {
    const page = await catalog.list({ idPrefix, ...(after === undefined ? {} : { after }) });
    yield* page.entries;
    if (page.next === null) return;
    after = page.next;
  }
}
