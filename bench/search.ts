import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { type Catalog, CatalogEntry } from "bridle/data";
import { openBenchCatalog } from "./bench-catalog.ts";
import { percentile, printTable, timed } from "./measure.ts";
import type { BenchReport } from "./report.ts";
import { recall } from "./search-recall.ts";
import { type Entry, references, syntheticEntry, syntheticQuery } from "./synthetic-catalog.ts";

const ENTRIES = 100_000;
const QUERIES = 400;
const UPSERTS = 100;

/** Searches a catalog of a hundred thousand entries beside plain FTS5 over the same, and asks public questions where they are at hand. */
export async function search(): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), "bridle-search-"));
  try {
    const speed = await measureSpeed(folder);
    const recallA5 = await recall("a", folder);
    const recallB5 = await recall("b", folder);
    return report({ ...speed, recallA5, recallB5 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Figures {
  readonly p95Ms: number;
  readonly plainP95Ms: number;
  readonly buildMs: number;
  readonly openMs: number;
  readonly upsertMs: number;
  readonly recallA5: number | null;
  readonly recallB5: number | null;
}

async function measureSpeed(folder: string): Promise<Omit<Figures, "recallA5" | "recallB5">> {
  const open = (): Promise<Catalog> => openBenchCatalog(folder, "speed");
  const entries = Array.from({ length: ENTRIES }, (_, index) => syntheticEntry(index));
  const catalog = await open();
  await catalog.store.upsert({
    entries: entries.map((entry) => CatalogEntry.parse(entry)),
    edges: references(entries),
  });
  const buildMs = await timed(() => catalog.rebuildIndex());
  await catalog.close();

  const openMs = await timed(async () => {
    const cold = await open();
    await cold.search("daily sales");
    await cold.close();
  });
  const warm = await open();
  const times: number[] = [];
  for (let index = 0; index < QUERIES; index++) times.push(await timed(() => warm.search(syntheticQuery(index))));
  const upserts: number[] = [];
  for (let index = 0; index < UPSERTS; index++) {
    const entry = { ...syntheticEntry(index * 7), content: `changed ${index}` };
    upserts.push(await timed(() => warm.upsert({ entries: [entry] })));
  }
  await warm.close();
  return {
    p95Ms: percentile(times, 95),
    plainP95Ms: plainFts5(folder, entries),
    buildMs,
    openMs,
    upsertMs: percentile(upserts, 95),
  };
}

/** What the search engine alone takes for the same words over the same names and texts. */
function plainFts5(folder: string, entries: readonly Entry[]): number {
  const database = new SqliteDatabase(join(folder, "plain.db"));
  database.exec("create virtual table plain using fts5(id unindexed, name, content, tokenize = 'porter unicode61')");
  const insert = database.prepare("insert into plain values (?, ?, ?)");
  database.transaction(() => {
    for (const { id, name, content = "" } of entries) insert.run(id, name.replaceAll("_", " "), content);
  })();
  const find = database.prepare("select id from plain where plain match ? order by rank limit 10");
  const times = Array.from({ length: QUERIES }, (_, index) => {
    const words = syntheticQuery(index)
      .split(" ")
      .map((word) => `"${word}"`);
    const start = performance.now();
    find.all(words.join(" OR "));
    return performance.now() - start;
  });
  database.close();
  return percentile(times, 95);
}

function report(figures: Figures): BenchReport {
  const { plainP95Ms, p95Ms, buildMs, openMs, upsertMs, recallA5, recallB5 } = figures;
  const ratio = p95Ms / plainP95Ms;
  printTable([
    { what: `a search over ${ENTRIES} entries, p95`, ms: p95Ms },
    { what: "the same words in plain FTS5, p95", ms: plainP95Ms },
    { what: "building the index", ms: buildMs },
    { what: "opening it in a process that never did, with a first search", ms: openMs },
    { what: "writing one entry through to the index, p95", ms: upsertMs },
  ]);
  const recalls = { ...(recallA5 === null ? {} : { recallA5 }), ...(recallB5 === null ? {} : { recallB5 }) };
  return {
    figures: { ...recalls, p95Ms, ratio, buildMs, openMs, upsertMs },
    budgets: [
      { what: "p95 of a search, ms", value: p95Ms, atMost: 10 },
      { what: "building, ms", value: buildMs, atMost: 30_000 },
      { what: "opening cold, ms", value: openMs, atMost: 100 },
      { what: "writing one entry, ms", value: upsertMs, atMost: 5 },
      ...(recallA5 === null ? [] : [{ what: "recall@5, suite a", value: recallA5, atLeast: 0.892 }]),
      ...(recallB5 === null ? [] : [{ what: "recall@5, suite b", value: recallB5, atLeast: 0.621 }]),
    ],
  };
}
