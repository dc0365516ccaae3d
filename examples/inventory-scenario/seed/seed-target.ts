import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { type Dimensions, makeDimensions, type Row } from "./dimensions.ts";
import { factRows, inventoryRows } from "./stock.ts";
import { TARGET_INDEXES, TARGET_SCHEMA } from "./target-schema.ts";

/** What to make. The same values give the same rows, byte for byte. */
export interface SeedOptions {
  readonly seed: number;
  readonly products: number;
  readonly facts: number;
  readonly onProgress?: (table: string, rows: number) => void;
}

/** Writes the customer's database. It appears under its name only when it is whole, so that a killed run leaves nothing half. */
export function seedTarget(path: string, options: SeedOptions): Dimensions {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  const dimensions = makeDimensions(options.seed, options.products);
  const database = new Database(unfinished);
  try {
    database.pragma("journal_mode = off");
    database.pragma("synchronous = off");
    database.exec(TARGET_SCHEMA);
    database.transaction(() => fill(database, dimensions, options))();
    database.exec(TARGET_INDEXES);
    database.pragma("journal_mode = delete");
  } catch (error) {
    // On a full disk half a database would only be in the way.
    database.close();
    for (const file of [unfinished, `${unfinished}-journal`]) rmSync(file, { force: true });
    throw error;
  }
  database.close();
  renameSync(unfinished, path);
  return dimensions;
}

function fill(database: Database.Database, made: Dimensions, { seed, facts, onProgress }: SeedOptions): void {
  const write = (table: string, rows: Iterable<Row>): void => {
    const count = insertRows(database, table, rows);
    onProgress?.(table, count);
  };
  write("dim_companies", made.companies);
  write("dim_brands", made.brands);
  write("dim_segments", made.segments);
  write("dim_subsegments", made.subsegments);
  write("dim_coordinates", made.coordinates);
  write("dim_sales_channels", made.channels);
  write("dim_time_periods", made.periods);
  write(
    "dim_products",
    made.products.map(({ row }) => row),
  );
  write("dim_inventory", inventoryRows(seed, made.products));
  write("fact_scenario", factRows(seed, made.products, facts));
}

function insertRows(database: Database.Database, table: string, rows: Iterable<Row>): number {
  let count = 0;
  let insert: Database.Statement | undefined;
  for (const row of rows) {
    insert ??= database.prepare(`insert into ${table} values (${row.map(() => "?").join(", ")})`);
    insert.run(row);
    count += 1;
  }
  return count;
}
