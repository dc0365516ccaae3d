import { CatalogEdge, type CatalogEntry } from "bridle/data";
import type * as z from "zod";

/** An entry as a caller writes it. */
export type Entry = z.input<typeof CatalogEntry>;

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
export function syntheticEntry(index: number): Entry {
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
export function references(entries: readonly Entry[]): readonly CatalogEdge[] {
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

/** One to three words that such names are made of. */
export function syntheticQuery(index: number): string {
  const words = [
    SUBJECTS[index % SUBJECTS.length],
    SHAPES[(index * 5) % SHAPES.length],
    PARTS[(index * 3) % PARTS.length],
  ];
  return words.slice(0, 1 + (index % 3)).join(" ");
}
