import type { SqliteDatabase, SqliteStatement } from "../../../sqlite/database.ts";
import { transact } from "../../../sqlite/transact.ts";
import { sha256 } from "../../../lib/sha256.ts";
import type { Json } from "../../../protocol/json.ts";
import { PROFILE_READ_BYTES, PROFILE_VALUE_CHARS } from "../../../protocol/limits/profile.ts";
import { charactersOf, ColumnSample, jsonNumber } from "../column-sample.ts";
import type { TableDescription } from "../description.ts";
import { exactNumber } from "../exact-number.ts";
import { leadingColumns } from "../leading-columns.ts";
import { quoteName } from "../quote-name.ts";
import type { ColumnAggregate, ReadOptions, TableReading } from "../reading.ts";
import { isTemporalType } from "../value-kind.ts";
import { sampledRows } from "./sampled-rows.ts";

/** Reads a table in one read transaction, so that all its numbers are of the same moment. */
export function readSqlite(db: SqliteDatabase, table: TableDescription, how: ReadOptions): TableReading {
  return transact(db, "deferred", () => readTable(db, table, how));
}

function readTable(db: SqliteDatabase, table: TableDescription, how: ReadOptions): TableReading {
  const from = quoteName(table.name);
  const counted = how.isCounted ? Number(db.prepare(`SELECT count(*) FROM ${from}`).pluck().get()) : null;
  const samples = table.columns.map(({ name, dataType }) => {
    const isTemporal = isTemporalType(dataType);
    return new ColumnSample({ name, hasTypes: true, hasValues: how.hasValues, isTemporal, isOrdered: true });
  });
  const state = { rows: 0, bytes: 0 };
  const { rows, isLinear } = rowsOf(db, table, { how, counted });
  for (const row of rows) {
    state.rows++;
    for (const [index, sample] of samples.entries()) state.bytes += take(sample, row[index] ?? null);
    if (state.bytes > PROFILE_READ_BYTES) break;
  }
  const isCut = state.bytes > PROFILE_READ_BYTES;
  const isWhole = !isCut && (counted === null ? isLinear && state.rows < how.rows : counted === state.rows);
  const aggregates = aggregatesOf(db, table, { how, isWhole });
  const readings = samples.map((sample) => sample.reading({ isWhole, rows: counted ?? table.rows.value }));
  return {
    rowCount: isWhole
      ? { value: state.rows, method: "exact" }
      : counted === null
        ? null
        : { value: counted, method: "exact" },
    rowsRead: state.rows,
    isWhole,
    columns: readings.map((reading, index) => ({
      ...reading,
      aggregate: withheld(aggregates.get(table.columns[index]?.name ?? ""), reading.isWithheld),
    })),
    warnings: isCut ? [`stopped after ${state.rows} rows: ${PROFILE_READ_BYTES} bytes were read`] : [],
  };
}

interface RowsQuestion {
  readonly how: ReadOptions;
  readonly counted: number | null;
}

type Row = readonly unknown[];

interface RowSource {
  readonly rows: Iterable<Row>;
  /** Whether rows come from the first on, until there are no more or enough. */
  readonly isLinear: boolean;
}

function rowsOf(db: SqliteDatabase, table: TableDescription, { how, counted }: RowsQuestion): RowSource {
  const list = table.columns.map(({ name }) => quoteName(name)).join(", ");
  const from = quoteName(table.name);
  const isAll = (how.strategy === "exact" && !how.isAggregated) || (counted !== null && counted <= how.rows);
  if (!isAll && table.rowid !== null)
    return {
      rows: sampledRows(db, { table: table.name, rowid: table.rowid, list, rows: how.rows }),
      isLinear: false,
    };
  const step = isAll || counted === null || table.relationType === "view" ? 1 : Math.floor(counted / how.rows);
  const sql =
    step <= 1
      ? `SELECT ${list} FROM ${from} LIMIT ${how.rows}`
      : `SELECT ${list} FROM (SELECT *, row_number() OVER () AS "bridle row" FROM ${from})
         WHERE "bridle row" % ${step} = 0 LIMIT ${how.rows}`;
  // `raw` makes every row a list, which the driver's types do not follow.
  return { rows: raw(db, sql).iterate() as Iterable<Row>, isLinear: step <= 1 };
}

/** Rows as arrays, integers in full: only so 1 and 1.0 can be told apart. */
function raw(db: SqliteDatabase, sql: string): SqliteStatement {
  return db.prepare(sql).safeIntegers().raw();
}

/** Hands a value to its column; says how many bytes it was. */
function take(sample: ColumnSample, value: unknown): number {
  if (typeof value === "string") {
    sample.addText("text", value.length > PROFILE_VALUE_CHARS ? shortened(value) : value, charactersOf(value));
    return value.length;
  }
  if (typeof value === "bigint") {
    const number = Number(value);
    sample.addNumber("integer", Number.isSafeInteger(number) ? { value: number } : exactNumber(String(value)));
    return 8;
  }
  if (typeof value === "number") sample.addNumber("real", { value });
  else if (value instanceof Uint8Array) {
    sample.addBytes(value.byteLength);
    return value.byteLength;
  } else sample.addNull();
  return 8;
}

/** Long texts stay different from each other without being kept. */
function shortened(value: string): string {
  return `${value.slice(0, PROFILE_VALUE_CHARS)}…${sha256(value).slice(0, 12)}`;
}

interface AggregateQuestion {
  readonly how: ReadOptions;
  readonly isWhole: boolean;
}

function aggregatesOf(
  db: SqliteDatabase,
  table: TableDescription,
  { how, isWhole }: AggregateQuestion,
): ReadonlyMap<string, ColumnAggregate> {
  const found = new Map<string, ColumnAggregate>();
  if (isWhole || table.relationType === "view") return found;
  const from = quoteName(table.name);
  if (how.isAggregated) {
    for (const { name } of table.columns) {
      const column = quoteName(name);
      const sql = `SELECT count(*) - count(${column}), count(DISTINCT ${column}), avg(${column}), min(${column}), max(${column}) FROM ${from}`;
      // Five results, in the order asked for.
      const [nulls, distinct, mean, min, max] = raw(db, sql).get() as unknown[];
      const isNumeric = [min, max].every((end) => typeof end === "number" || typeof end === "bigint");
      found.set(name, {
        nulls: Number(nulls),
        distinct: Number(distinct),
        ...(isNumeric && typeof mean === "number" && Number.isFinite(mean) ? { mean } : {}),
        ...extremesOf(min, max),
      });
    }
    return found;
  }
  for (const name of leadingColumns(table)) {
    const column = quoteName(name);
    const one = (what: string): unknown =>
      db.prepare(`SELECT ${what}(${column}) FROM ${from}`).safeIntegers().pluck().get();
    found.set(name, extremesOf(one("min"), one("max")));
  }
  return found;
}

function extremesOf(min: unknown, max: unknown): ColumnAggregate {
  const [first, last] = [endOf(min), endOf(max)];
  return first === null || last === null ? {} : { min: first, max: last };
}

function endOf(value: unknown): Json {
  if (typeof value === "bigint") return jsonNumber(exactNumber(String(value)));
  if (typeof value === "number") return jsonNumber({ value });
  return typeof value === "string" && value.length <= PROFILE_VALUE_CHARS ? value : null;
}

function withheld(aggregate: ColumnAggregate | undefined, isWithheld: boolean): ColumnAggregate | null {
  if (aggregate === undefined) return null;
  if (!isWithheld) return aggregate;
  const { nulls, distinct } = aggregate;
  return { ...(nulls === undefined ? {} : { nulls }), ...(distinct === undefined ? {} : { distinct }) };
}
