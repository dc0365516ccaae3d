import { existsSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { PlatformDatabase } from "../platform/platform-database.ts";
import type { ScenarioFolder } from "../scenario-folder.ts";
import { seedTarget } from "../seed/seed-target.ts";

/** How much to make. */
export interface SeedSize {
  readonly seed: number;
  readonly products: number;
  readonly facts: number;
  /** Makes the customer's database again although there is one. */
  readonly force: boolean;
}

/** Sizes that fill the story: three product sets, one of more than 20,000 products. */
export const DEFAULT_SIZE: SeedSize = { seed: 42, products: 30_000, facts: 240_000, force: false };

/** Writes the customer's database and tells the platform its products. What the platform already applied always stays. */
export function seed(folder: ScenarioFolder, { seed: number, products, facts, force }: SeedSize): void {
  const isThere = existsSync(folder.target);
  if (isThere) refuseForeign(folder.target);
  if (isThere && !force) {
    console.error(`${folder.target} is there already; --force makes it again.`);
  } else {
    const started = performance.now();
    const onProgress = (table: string, rows: number): void =>
      console.error(`  ${table.padEnd(20)} ${rows.toLocaleString("en-US").padStart(12)} rows`);
    seedTarget(folder.target, { seed: number, products, facts, onProgress });
    rmSync(folder.prepared, { force: true });
    console.error(`Seeded ${folder.target} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  }
  stockPlatform(folder);
}

/** Somebody's own file may have this name; it is neither read as ours nor replaced. */
function refuseForeign(path: string): void {
  const isOurs = "select count(*) = 2 from sqlite_schema where name in ('dim_products', 'fact_scenario')";
  if (ask(path, isOurs)[0] === 1) return;
  throw new Error(
    `${path} was not made by this command, so it stays as it is. Name another folder with INVENTORY_SCENARIO_HOME.`,
  );
}

/** The platform sells what the customer's database lists. Also mends a seed that was killed between the two files. */
function stockPlatform({ target, platform }: ScenarioFolder): void {
  const rows = ask(target, "select json_object('id', product_id, 'name', product_name) from dim_products");
  const database = new PlatformDatabase(platform);
  try {
    database.stockUp(rows.map((row) => JSON.parse(String(row)) as { readonly id: string; readonly name: string })); // the select names the fields
  } finally {
    database.close();
  }
}

/** The first column of what a file answers; nothing when it is no database. */
function ask(path: string, query: string): readonly unknown[] {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare(query).pluck().all();
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === "SQLITE_NOTADB") return [];
    throw error;
  } finally {
    database.close();
  }
}
