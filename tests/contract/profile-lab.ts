import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { inject, onTestFinished } from "vitest";
import type { CatalogStore } from "../../src/catalog/port.ts";
import type { ProfileEvent } from "../../src/catalog/profile/profile-run.ts";
import { type ProfileSummary, runProfile } from "../../src/catalog/profile/run-profile.ts";
import { openProfileReader } from "../../src/data/profile/open-profile-reader.ts";
import type { ProfileOptions } from "../../src/data/profile/plan-profile.ts";
import type { ReaderTarget } from "../../src/data/profile/reader-message.ts";
import type { CatalogEdge, CatalogEntry } from "../../src/protocol/catalog.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { openCatalogAt } from "./catalog-store.ts";

/** A database of a test, to be made and to be profiled. */
export interface ProfileTarget {
  readonly kind: "sqlite" | "postgres";
  readonly target: ReaderTarget;
  readonly schema: string;
  execute(...statements: readonly string[]): Promise<void>;
}

/** Both engines; each call makes an empty database. */
export const profileTargets: readonly { readonly name: string; open(): Promise<ProfileTarget> }[] = [
  { name: "sqlite", open: () => Promise.resolve(sqliteTarget()) },
  { name: "postgres", open: postgresTarget },
];

/** An empty SQLite file. */
export function sqliteTarget(): ProfileTarget {
  const path = join(temporaryFolder(), "shop.db");
  const db = openDatabase(path);
  onTestFinished(() => void db.close());
  return {
    kind: "sqlite",
    target: { kind: "sqlite", path, label: "sqlite:shop.db" },
    schema: "main",
    execute: (...statements) => Promise.resolve(statements.forEach((statement) => db.exec(statement))),
  };
}

/** An empty schema of the shared Postgres, named as the search path of `execute`. */
export async function postgresTarget(): Promise<ProfileTarget> {
  const url = inject("postgresUrl");
  const schema = `profile_${randomBytes(5).toString("hex")}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.query(`DROP SCHEMA "${schema}" CASCADE`);
    await client.end();
  });
  await client.query(`CREATE SCHEMA "${schema}"; SET search_path = "${schema}"`);
  return {
    kind: "postgres",
    target: { kind: "postgres", url, label: "postgres" },
    schema,
    execute: async (...statements) => {
      for (const statement of statements) await client.query(statement);
    },
  };
}

/** What a profile is run with when a test does not care. */
const OPTIONS: ProfileOptions = {
  sampleRows: 10_000,
  isExact: false,
  isSchemaOnly: false,
  maxRows: null,
  tables: [],
  hasValues: true,
};

/** A catalog in a file of its own, closed with the test. */
export async function newCatalog(): Promise<CatalogStore> {
  return await openCatalogAt(`sqlite:${join(temporaryFolder(), "catalog.db")}`);
}

/** What a profile of a test is run with. */
export interface LabRun {
  readonly options?: Partial<ProfileOptions>;
  readonly databaseId?: string;
  readonly onEvent?: (event: ProfileEvent) => void;
}

/** Profiles a database into a catalog under the name `shop`. */
export async function profile(
  { target, schema }: ProfileTarget,
  catalog: CatalogStore,
  { options, databaseId = "shop", onEvent }: LabRun = {},
): Promise<ProfileSummary> {
  const reader = openProfileReader(target);
  try {
    return await runProfile({
      reader,
      catalog,
      databaseId,
      schema,
      options: { ...OPTIONS, ...options },
      now: () => new Date().toISOString(),
      ...(onEvent === undefined ? {} : { onEvent }),
    });
  } finally {
    await reader.close();
  }
}

/** Everything a catalog holds, without the times at which it was found. */
export async function contentOf(
  catalog: CatalogStore,
): Promise<{ readonly entries: readonly CatalogEntry[]; readonly edges: readonly CatalogEdge[] }> {
  const { entries, next } = await catalog.list({ limit: 10_000 });
  const { edges } = await catalog.listEdges({ limit: 10_000 });
  if (next !== null) throw new Error("more entries than a test should make");
  // Copied through JSON without the fields that hold times; the shape stays.
  const timeless = (_: string, value: unknown): unknown => value;
  const plain = JSON.stringify({ entries, edges }, (key, value) => (TIMES.has(key) ? undefined : timeless(key, value)));
  return JSON.parse(plain) as { entries: CatalogEntry[]; edges: CatalogEdge[] };
}

const TIMES = new Set(["at", "profiledAt", "startedAt", "lastAnalyze"]);

/** The metadata of an entry. */
export async function metadataOf(catalog: CatalogStore, id: string): Promise<CatalogEntry["metadata"]> {
  const [entry] = await catalog.entries([id]);
  if (entry === undefined) throw new Error(`no entry ${id}`);
  return entry.metadata;
}
