import { existsSync } from "node:fs";
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
  if (existsSync(folder.target) && !force) {
    console.error(`${folder.target} is there already; --force makes it again.`);
    return;
  }
  const started = performance.now();
  const onProgress = (table: string, rows: number): void =>
    console.error(`  ${table.padEnd(20)} ${rows.toLocaleString("en-US").padStart(12)} rows`);
  const made = seedTarget(folder.target, { seed: number, products, facts, onProgress });
  const platform = new PlatformDatabase(folder.platform);
  platform.stockUp(made.products);
  platform.close();
  console.error(`Seeded ${folder.target} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}
