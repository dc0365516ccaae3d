import { PROFILE_REFERENCE_ROWS } from "../../protocol/limits/profile.ts";
import type { DatabaseDescription, TableDescription } from "./description.ts";
import { leadingColumns } from "./leading-columns.ts";
import type { ReadOptions } from "./reading.ts";

/** What looking at a table will cost. */
export interface ProfileCost {
  readonly queries: number;
  readonly rowsToRead: number;
  readonly cellsToRead: number;
  readonly ms: readonly [low: number, high: number];
}

/** The cost of reading a table so. Times are scaled by how fast this machine made up rows a moment ago. */
export function costOf(
  table: TableDescription,
  read: ReadOptions | null,
  description: Pick<DatabaseDescription, "engine" | "cellNs">,
): ProfileCost {
  const rates = RATES[description.engine];
  const speed = Math.min(8, Math.max(0.5, description.cellNs / rates.referenceCellNs));
  const width = table.columns.length;
  const writing = WRITE_MS + width * WRITE_COLUMN_MS;
  if (read === null) return { queries: 0, rowsToRead: 0, cellsToRead: 0, ms: around(writing * speed) };
  const known = table.rows.value ?? (table.bytes === null ? read.rows : Math.ceil(table.bytes / (24 + 8 * width)));
  const rowsToRead = Math.min(known, read.rows);
  const scanned = (read.isCounted ? known : 0) + (read.isAggregated ? known * width : 0);
  const leading = read.strategy === "sample" ? leadingColumns(table).length : 0;
  const cellsToRead = rowsToRead * width + (read.isAggregated ? known * width : 0);
  const ms =
    writing +
    (rowsToRead * width * rates.readNs + rowsToRead * (read.strategy === "sample" ? rates.probeNs : 0)) / 1e6 +
    ((read.isCounted ? known * rates.countNs : 0) + (read.isAggregated ? known * width * rates.distinctNs : 0)) / 1e6;
  const queries = 1 + (read.isCounted ? 1 : 0) + (read.isAggregated ? width : leading);
  return { queries, rowsToRead: Math.max(rowsToRead, scanned > 0 ? known : 0), cellsToRead, ms: around(ms * speed) };
}

/** The cost of everything that belongs to no table: starting, describing, and testing references. */
export function overheadMs(
  tables: number,
  candidates: number,
  description: Pick<DatabaseDescription, "engine" | "cellNs">,
): readonly [number, number] {
  const rates = RATES[description.engine];
  const speed = Math.min(8, Math.max(0.5, description.cellNs / rates.referenceCellNs));
  const test = (PROFILE_REFERENCE_ROWS * rates.testNs) / 1e6;
  return around((START_MS + tables * DESCRIBE_MS + candidates * test) * speed);
}

/** The middle of the range is the geometric one: the truth may be twice or half of it. */
function around(ms: number): readonly [number, number] {
  return [Math.round(ms / 2), Math.round(ms * 2)];
}

const START_MS = 400;
const DESCRIBE_MS = 1;
const WRITE_MS = 4;
const WRITE_COLUMN_MS = 0.5;

/** Measured on a million rows of ten columns; `referenceCellNs` is what the same machine said of itself then. */
const RATES = {
  sqlite: { referenceCellNs: 250, readNs: 700, probeNs: 8_000, countNs: 60, distinctNs: 1_200, testNs: 500 },
  postgres: { referenceCellNs: 250, readNs: 1_200, probeNs: 15_000, countNs: 140, distinctNs: 700, testNs: 1_000 },
} as const;
