import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { type Catalog, CatalogEdge, CatalogEntry, openCatalog } from "bridle/data";
import * as z from "zod";
import { percentile, printTable, timed } from "./measure.ts";
import type { BenchReport } from "./report.ts";

const ENTRIES = 100_000;
const QUERIES = 400;
const UPSERTS = 100;
/** Public questions over pooled schemas; they are no part of this repository. */
const QUESTIONS = join(import.meta.dirname, "..", "..", "shared", "data", "retrieval");

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
  const environment = descriptor(folder, "speed");
  const entries = Array.from({ length: ENTRIES }, (_, index) => syntheticEntry(index));
  const catalog = await open(environment);
  await catalog.store.upsert({
    entries: entries.map((entry) => CatalogEntry.parse(entry)),
    edges: references(entries),
  });
  const buildMs = await timed(() => catalog.rebuildIndex());
  await catalog.close();

  const openMs = await timed(async () => {
    const cold = await open(environment);
    await cold.search("daily sales");
    await cold.close();
  });
  const warm = await open(environment);
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

type Entry = z.input<typeof CatalogEntry>;

const SUBJECTS = [
  "sales",
  "orders",
  "customers",
  "shipments",
  "invoices",
  "sessions",
  "payments",
  "products",
  "stores",
];
const SHAPES = ["fact", "dim", "stg", "daily", "monthly", "snapshot", "history", "summary"];
const PARTS = ["amount", "date", "status", "region", "channel", "currency", "owner", "score", "country", "segment"];

/** One table to eight columns, and a document for every hundred. */
function syntheticEntry(index: number): Entry {
  const table = Math.floor(index / 9);
  const pick = (words: readonly string[], salt: number): string => words[(table * 7 + salt * 13) % words.length] ?? "";
  const tableName = `${pick(SHAPES, 1)}_${pick(SUBJECTS, 2)}_${pick(PARTS, 3)}_${table}`;
  const metadata = { databaseId: `warehouse_${table % 40}`, schemaName: "main", tableName };
  const place = `warehouse_${table % 40}.main.${tableName}`;
  if (index % 900 === 899) {
    return {
      id: `document:${index}`,
      itemType: "document",
      name: `Guide to ${pick(SUBJECTS, 2)} ${index}`,
      qualified_name: `docs/${index}.md`,
      content: `How ${pick(SUBJECTS, 2)} are counted by ${pick(PARTS, 4)}.`,
    };
  }
  if (index % 9 === 0) {
    return {
      id: `table:${place}`,
      itemType: "table",
      name: tableName,
      qualified_name: place,
      content: `The ${pick(SUBJECTS, 2)} by ${pick(PARTS, 5)}.`,
      metadata,
    };
  }
  const name = `${PARTS[(index * 3) % PARTS.length] ?? ""}_${index % 9}`;
  return { id: `column:${place}.${name}`, itemType: "column", name, qualified_name: `${place}.${name}`, metadata };
}

/** Every table refers to another one, as foreign keys do. */
function references(entries: readonly Entry[]): readonly CatalogEdge[] {
  const tables = entries.filter(({ itemType }) => itemType === "table").map(({ id }) => id);
  return tables.map((from, index) =>
    CatalogEdge.parse({
      from,
      to: tables[(index * 7 + 40) % tables.length],
      type: "references",
      origin: "declared",
      confidence: 1,
    }),
  );
}

function syntheticQuery(index: number): string {
  const words = [
    SUBJECTS[index % SUBJECTS.length],
    SHAPES[(index * 5) % SHAPES.length],
    PARTS[(index * 3) % PARTS.length],
  ];
  return words.slice(0, 1 + (index % 3)).join(" ");
}

const Table = z.looseObject({
  id: z.string(),
  metadata: z.looseObject({
    columns: z.array(z.tuple([z.string(), z.string()]).rest(z.unknown())),
    databaseId: z.string(),
  }),
});
const Question = z.looseObject({
  q: z.string(),
  gold: z.array(z.string()),
  alt: z.record(z.string(), z.array(z.string())).optional(),
});

/** The share of the tables that a question needs which are among the first five; null when the questions are not here. */
async function recall(suite: "a" | "b", folder: string): Promise<number | null> {
  const [tables, questions] = [`catalog.${suite}.json`, `open/questions.${suite}.json`].map((name) =>
    join(QUESTIONS, name),
  );
  if (tables === undefined || questions === undefined || !existsSync(tables) || !existsSync(questions)) return null;
  const entries = z
    .array(z.json())
    .parse(JSON.parse(readFileSync(tables, "utf8")))
    .flatMap(withColumns);
  const asked = z.array(Question).parse(JSON.parse(readFileSync(questions, "utf8")));
  const catalog = await open(descriptor(folder, `recall-${suite}`));
  await catalog.store.upsert({ entries: entries.map((entry) => CatalogEntry.parse(entry)) });
  await catalog.rebuildIndex();
  let sum = 0;
  for (const { q, gold, alt = {} } of asked) {
    const found = new Set((await catalog.search(q, { limit: 5, itemTypes: ["table"] })).map(({ id }) => id));
    sum += gold.filter((id) => [id, ...(alt[id] ?? [])].some((one) => found.has(one))).length / gold.length;
  }
  await catalog.close();
  return sum / asked.length;
}

/** The files hold tables with their columns inside. */
function withColumns(value: unknown): readonly Entry[] {
  const entry = CatalogEntry.parse(value);
  const { id, metadata } = Table.parse(value);
  const columns = metadata.columns.map(([name, dataType, content, sampleValues]): Entry => ({
    id: `column:${id.slice("table:".length)}.${name}`,
    itemType: "column",
    name,
    qualified_name: `${entry.qualified_name}.${name}`,
    content: typeof content === "string" ? content : "",
    related: [id],
    metadata: {
      databaseId: metadata.databaseId,
      dataType,
      sampleValues: Array.isArray(sampleValues) ? sampleValues : [],
    },
  }));
  return [{ ...entry, metadata: { ...entry.metadata, columns: columns.length } }, ...columns];
}

function descriptor(folder: string, name: string): object {
  return {
    catalog: { kind: "sqlite", url: `sqlite:${join(folder, `${name}.db`)}` },
    catalog_search: { index_path: join(folder, `${name}-index.db`), write_through: true },
  };
}

async function open(environment: object): Promise<Catalog> {
  return await openCatalog(environment, { tenantId: "bench" });
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
