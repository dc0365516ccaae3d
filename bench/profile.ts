import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openCatalogStore } from "../src/catalog/open-catalog-store.ts";
import { estimateProfile } from "../src/catalog/profile/estimate-profile.ts";
import { runProfile } from "../src/catalog/profile/run-profile.ts";
import { openProfileReader } from "../src/data/profile/open-profile-reader.ts";
import { median, printTable, timed } from "./measure.ts";
import type { BenchReport } from "./report.ts";

const ROWS = 1_000_000;
const PASSES = 3;
const RATIO_BUDGET = 3;
const ESTIMATE_BUDGET = 3;
const SCOPE = { tenantId: "bench", workspaceId: "default" };
const OPTIONS = {
  sampleRows: 10_000,
  isExact: false,
  isSchemaOnly: false,
  maxRows: null,
  tables: [],
  hasValues: true,
} as const;

/** Profiles a million rows of ten columns into a catalog, against one pass that counts them and takes smallest and largest. */
export async function profile(): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), "bridle-bench-"));
  try {
    const path = join(folder, "big.db");
    const columns = makeTable(path);
    const bareMs: number[] = [];
    const runMs: number[] = [];
    const estimates: number[] = [];
    for (let pass = 0; pass < PASSES; pass++) {
      bareMs.push(await timed(() => Promise.resolve(barePass(path, columns))));
      estimates.push(await estimated(path));
      runMs.push(await timed(() => profiled(path, join(folder, `catalog-${pass}.db`))));
    }
    const [bare, run, estimate] = [median(bareMs), median(runMs), median(estimates)];
    printTable([
      { what: "count, min and max of every column", ms: bare },
      { what: "estimate says", ms: estimate },
      { what: "data profile database, its process and catalog included", ms: run },
    ]);
    return {
      figures: { ratio: run / bare, estimateRatio: run / estimate, bareMs: bare, runMs: run, estimateMs: estimate },
      budgets: [
        { what: "profile / one pass over the same file", value: run / bare, atMost: RATIO_BUDGET },
        {
          what: "profile / what the estimate said",
          value: run / estimate,
          atMost: ESTIMATE_BUDGET,
          atLeast: 1 / ESTIMATE_BUDGET,
        },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeTable(path: string): readonly string[] {
  const db = new Database(path);
  db.pragma("synchronous = OFF");
  db.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, quantity INTEGER, price REAL, status TEXT,
      note TEXT, token TEXT, sku TEXT, weekday INTEGER, ordered_at TEXT);
    INSERT INTO orders WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ${ROWS})
      SELECT x, (x * 7919) % 50000, (x * 31) % 100, ((x * 104729) % 1000000) / 100.0, 'status' || (x % 5),
        'note number ' || (x % 100000), hex(x * 2654435761), 'sku' || (x % 1000), x % 7,
        datetime(1600000000 + x, 'unixepoch') FROM n`);
  const columns = db.prepare("SELECT name FROM pragma_table_info('orders')").pluck().all().map(String);
  db.close();
  return columns;
}

function barePass(path: string, columns: readonly string[]): void {
  const db = new Database(path, { readonly: true });
  db.prepare(`SELECT count(*), ${columns.map((name) => `min(${name}), max(${name})`).join(", ")} FROM orders`).get();
  db.close();
}

async function estimated(path: string): Promise<number> {
  const reader = openProfileReader({ kind: "sqlite", path, label: "sqlite:big.db" });
  const setup = { databaseId: "big", scope: SCOPE, schema: "main", options: OPTIONS };
  const { totals } = estimateProfile(await reader.describe("main"), setup);
  await reader.close();
  // The range is given by its ends, of which the truth may be near either.
  return Math.sqrt(totals.ms[0] * totals.ms[1]);
}

async function profiled(path: string, catalogPath: string): Promise<void> {
  const catalog = await openCatalogStore({ kind: "sqlite", url: `sqlite:${catalogPath}`, ensureSchema: true }, SCOPE);
  const reader = openProfileReader({ kind: "sqlite", path, label: "sqlite:big.db" });
  const now = (): string => new Date().toISOString();
  const { tables } = await runProfile({ reader, catalog, databaseId: "big", schema: "main", options: OPTIONS, now });
  await reader.close();
  await catalog.close();
  if (tables.written !== 1) throw new Error(`expected one table, wrote ${tables.written}`);
}
