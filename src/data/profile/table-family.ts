import { stableJson } from "../../lib/stable-json.ts";
import type { TableDescription } from "./description.ts";

/** Fewer tables than this are no family. */
const SMALLEST_FAMILY = 3;

/**
 * Tables that differ in a number or date at the end of their names only (`events_20240101`, `events_20240102`) as one: the
 * youngest stands for all, under the pattern's name. Tables that somebody names stay as they are.
 */
export function foldFamilies(
  tables: readonly TableDescription[],
  kept: readonly string[],
): readonly TableDescription[] {
  const groups = new Map<string, TableDescription[]>();
  for (const table of tables) {
    const key = familyKey(table, kept);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), table]);
  }
  return tables.flatMap((table) => {
    const key = familyKey(table, kept);
    const members = key === null ? [] : (groups.get(key) ?? []);
    if (members.length < SMALLEST_FAMILY) return [table];
    const sorted = members.toSorted((a, b) => bySuffix(a.name, b.name));
    return sorted.at(-1) === table ? [family(table, sorted)] : [];
  });
}

/** The table whose rows stand for a table: of a family its youngest member. */
export function readableTable(table: TableDescription): TableDescription {
  const youngest = table.members.at(-1);
  return youngest === undefined ? table : { ...table, name: youngest };
}

const SUFFIX = /^(.*?\p{L}[_-]?)(\d{1,14})$/u;

function familyKey(table: TableDescription, kept: readonly string[]): string | null {
  const [, stem] = SUFFIX.exec(table.name) ?? [];
  if (stem === undefined || table.relationType !== "base_table" || kept.includes(table.name)) return null;
  return stableJson([table.schema, stem, table.columns.map(({ name, dataType }) => [name, dataType])]);
}

function bySuffix(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => BigInt(SUFFIX.exec(name)?.[2] ?? 0));
  if (left === undefined || right === undefined || left === right) return a < b ? -1 : 1;
  return left < right ? -1 : 1;
}

function family(youngest: TableDescription, members: readonly TableDescription[]): TableDescription {
  const stem = SUFFIX.exec(youngest.name)?.[1] ?? youngest.name;
  const known = members.every(({ rows }) => rows.value !== null);
  const sum = (of: (table: TableDescription) => number | null): number =>
    members.reduce((total, member) => total + (of(member) ?? 0), 0);
  return {
    ...youngest,
    name: `${stem}*`,
    relationType: "table_family",
    members: members.map(({ name }) => name),
    rows: { ...youngest.rows, value: known ? sum(({ rows }) => rows.value) : null },
    bytes: members.some(({ bytes }) => bytes === null) ? null : sum(({ bytes }) => bytes),
  };
}
