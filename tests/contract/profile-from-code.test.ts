import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { estimateProfile, openCatalog, profileDatabase, type ProfileEvent } from "../../src/data-access.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";
import { CHINOOK } from "../helpers/chinook.ts";
import { sampleStatements } from "../helpers/sample-schema.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { postgresTarget } from "./profile-lab.ts";

const ACME = { tenantId: "acme" };

interface Project {
  readonly folder: string;
  readonly environment: Readonly<Record<string, unknown>>;
}

/** Chinook in a file, and a catalog that nobody made yet. */
function chinook(): Project {
  const folder = temporaryFolder();
  const db = openDatabase(join(folder, "music.db"));
  for (const statement of sampleStatements(CHINOOK, { hasForeignKeys: true })) db.exec(statement);
  db.close();
  const environment = {
    target_database_url: `sqlite:${join(folder, "music.db")}`,
    catalog: { kind: "sqlite", url: `sqlite:${join(folder, "catalog.db")}` },
    catalog_search: { index_path: join(folder, "index.db"), write_through: true },
  };
  return { folder, environment };
}

test("a program estimates a profile, runs it, follows it and finds what it wrote", async () => {
  const { folder, environment } = chinook();
  const events: ProfileEvent[] = [];

  const estimate = await estimateProfile(environment, ACME);
  const isMadeByEstimate = existsSync(join(folder, "catalog.db"));
  const summary = await profileDatabase(environment, ACME, { onEvent: (event) => void events.push(event) });
  const again = await profileDatabase(environment, ACME);
  const catalog = await openCatalog(environment, ACME);
  onTestFinished(() => catalog.close());

  expect(estimate).toMatchObject({ databaseId: "music", scope: { ...ACME, tables: [] }, totals: { tables: 11 } });
  expect(isMadeByEstimate).toBe(false);
  expect(summary).toMatchObject({ planHash: estimate.planHash, tables: { written: 11, failed: 0 } });
  expect(events[0]).toMatchObject({ kind: "planned", tables: 11, isResumed: false });
  expect(events.filter(({ kind }) => kind === "table")).toHaveLength(11);
  expect(again).toMatchObject({ tables: { written: 0, unchanged: 11 } });
  expect(await catalog.search("invoice")).toMatchObject([{ id: "table:music.main.Invoice" }, {}, {}, {}]);
});

test("a request narrows a profile as flags do", async () => {
  const { environment } = chinook();
  const request = { databaseId: "shop", tables: ["Track", "Genre"], isSchemaOnly: true } as const;
  const scope = { tenantId: "acme", workspaceId: "music" };

  const estimate = await estimateProfile(environment, scope, request);
  const summary = await profileDatabase(environment, scope, request);
  const catalog = await openCatalog(environment, scope);
  onTestFinished(() => catalog.close());
  const other = await openCatalog(environment, ACME);
  onTestFinished(() => other.close());

  expect(estimate).toMatchObject({ scope, totals: { tables: 2, rowsToRead: 0 } });
  expect(summary.tables.written).toBe(2);
  const [track] = await catalog.entries(["table:shop.main.Track"]);
  expect(track?.metadata).toMatchObject({ strategy: "schema_only", columnCount: 9 });
  expect(await other.entries(["table:shop.main.Track"])).toEqual([]);
});

test("a profile that a program stops keeps what it wrote, and the next one goes on from there", async () => {
  const { environment } = chinook();
  const stop = new AbortController();
  const reason = new Error("the user left");

  const stopped = profileDatabase(environment, ACME, {
    signal: stop.signal,
    onEvent: (event) => event.kind === "table" && event.done === 3 && stop.abort(reason),
  });

  await expect(stopped).rejects.toBe(reason);
  expect(await profileDatabase(environment, ACME)).toMatchObject({
    isResumed: true,
    tables: { resumed: 3, written: 8 },
  });
  await expect(estimateProfile(environment, ACME, { signal: stop.signal })).rejects.toBe(reason);
});

test("Postgres is profiled from code in the schema that the request names", async () => {
  const { environment } = chinook();
  const { execute, schema } = await postgresTarget();
  await execute(...sampleStatements(CHINOOK, { hasForeignKeys: true }));
  const onPostgres = { ...environment, target_database_url: inject("postgresUrl") };

  const summary = await profileDatabase(onPostgres, ACME, { schema, databaseId: "music" });

  expect(summary).toMatchObject({ engine: "postgres", databaseId: "music", tables: { written: 11 } });
});

test.each([
  ["a number out of its range", { sampleRows: -1 }, "sampleRows"],
  ["an option that there is not", { sampleRows: 5, sampleSize: 5 }, "sampleSize"],
  ["a table that is not there", { tables: ["Trakc"] }, 'no table "Trakc"'],
  ["a schema of a SQLite file", { schema: "other" }, 'must be main; received "other"'],
])("%s is refused in words, by the estimate and by the profile", async (_, request, message) => {
  const { environment } = chinook();
  const refused = { code: "INPUT_INVALID", message: expect.stringContaining(message) };

  await expect(estimateProfile(environment, ACME, request)).rejects.toMatchObject(refused);
  await expect(profileDatabase(environment, ACME, request)).rejects.toMatchObject(refused);
});

test("a data environment without a database or a catalog to write is told which key is missing", async () => {
  const { environment } = chinook();
  const { target_database_url: _, ...noTarget } = environment;
  const { catalog: __, catalog_search: ___, ...noCatalog } = environment;

  await expect(estimateProfile(noTarget, ACME)).rejects.toMatchObject({ code: "TARGET_DATABASE_MISSING" });
  await expect(profileDatabase(noCatalog, ACME)).rejects.toMatchObject({ code: "CATALOG_MISSING" });
  await expect(profileDatabase({ ...noCatalog, catalog: { kind: "inline", entries: [] } }, ACME)).rejects.toMatchObject(
    { code: "CATALOG_READ_ONLY" },
  );
});
