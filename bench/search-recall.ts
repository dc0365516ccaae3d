import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CatalogEntry } from "bridle/data";
import * as z from "zod";
import { openBenchCatalog } from "./bench-catalog.ts";
import type { Entry } from "./synthetic-catalog.ts";

/** Public questions over pooled schemas. They are no part of this repository: a folder beside it may hold them. */
const QUESTIONS = join(import.meta.dirname, "..", "..", "shared", "data", "retrieval");

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
export async function recall(suite: "a" | "b", folder: string): Promise<number | null> {
  const tables = join(QUESTIONS, `catalog.${suite}.json`);
  const questions = join(QUESTIONS, "open", `questions.${suite}.json`);
  if (!existsSync(tables) || !existsSync(questions)) return null;
  const entries = z
    .array(z.json())
    .parse(JSON.parse(readFileSync(tables, "utf8")))
    .flatMap(withColumns);
  const asked = z.array(Question).parse(JSON.parse(readFileSync(questions, "utf8")));
  const catalog = await openBenchCatalog(folder, `recall-${suite}`);
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
