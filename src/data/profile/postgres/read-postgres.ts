import { PROFILE_READ_BYTES, PROFILE_VALUE_CHARS } from "../../../protocol/limits.ts";
import { ColumnSample, jsonNumber } from "../column-sample.ts";
import type { ColumnDescription, TableDescription } from "../description.ts";
import { type ExactNumber, exactNumber } from "../exact-number.ts";
import { leadingColumns } from "../leading-columns.ts";
import { quoteName } from "../quote-name.ts";
import type { ColumnAggregate, ReadOptions, TableReading } from "../reading.ts";
import { isNumericType, isTemporalType } from "../value-kind.ts";
import type { PostgresRead } from "./postgres-session.ts";
import { qualifiedName } from "./view-bases.ts";

/** Reads a table through a cursor, so that neither side ever holds all of it. */
export async function readPostgres(
  read: PostgresRead,
  table: TableDescription,
  how: ReadOptions,
): Promise<TableReading> {
  const from = qualifiedName(table.schema, table.name);
  const counted = how.isCounted ? Number((await read<{ n: string }>(`SELECT count(*) AS n FROM ${from}`))[0]?.n) : null;
  const samples = table.columns.map(
    ({ name, dataType }) =>
      new ColumnSample({ name, hasTypes: false, hasValues: how.hasValues, isTemporal: isTemporalType(dataType) }),
  );
  const source = sourceOf(table, { how, counted });
  const list = table.columns.map((column, index) => `${valueOf(column)} AS c${index}`).join(", ");
  await read(`DECLARE bridle_profile NO SCROLL CURSOR FOR SELECT ${list} FROM ${source.sql}`);
  const state = { rows: 0, bytes: 0 };
  for (;;) {
    const rows = await read<Record<string, string | null>>(`FETCH FORWARD ${FETCHED_ROWS} FROM bridle_profile`);
    for (const row of rows) {
      state.rows++;
      for (const [index, sample] of samples.entries()) {
        state.bytes += take(sample, row[`c${index}`] ?? null, table.columns[index]);
      }
    }
    if (rows.length < FETCHED_ROWS || state.bytes > PROFILE_READ_BYTES) break;
  }
  await read("CLOSE bridle_profile");
  const isCut = state.bytes > PROFILE_READ_BYTES;
  const isWhole = !isCut && (counted === null ? source.isLinear && state.rows < how.rows : counted === state.rows);
  const aggregates = isWhole ? new Map<string, ColumnAggregate>() : await aggregatesOf(read, table, how);
  return {
    rowCount: isWhole
      ? { value: state.rows, method: "exact" }
      : counted === null
        ? null
        : { value: counted, method: "exact" },
    rowsRead: state.rows,
    isWhole,
    columns: samples.map((sample, index) => {
      const reading = sample.reading({ isWhole, rows: counted ?? table.rows.value });
      const aggregate = aggregates.get(table.columns[index]?.name ?? "") ?? null;
      const { min: _min, max: _max, mean: _mean, ...counts } = aggregate ?? {};
      return { ...reading, aggregate: reading.isWithheld && aggregate !== null ? counts : aggregate };
    }),
    warnings: isCut ? [`stopped after ${state.rows} rows: ${PROFILE_READ_BYTES} bytes were read`] : [],
  };
}

const FETCHED_ROWS = 2_000;

interface Source {
  readonly sql: string;
  /** Whether rows come from the first on, until there are no more or enough. */
  readonly isLinear: boolean;
}

interface SourceQuestion {
  readonly how: ReadOptions;
  readonly counted: number | null;
}

function sourceOf(table: TableDescription, { how, counted }: SourceQuestion): Source {
  const from = qualifiedName(table.schema, table.name);
  const rows = counted ?? table.rows.value;
  const isAll = (how.strategy === "exact" && !how.isAggregated) || (rows !== null && rows <= how.rows);
  const canSample = ["base_table", "materialized_view", "partitioned"].includes(table.relationType);
  if (isAll || !canSample || rows === null) return { sql: `${from} LIMIT ${how.rows}`, isLinear: true };
  const percent = Math.min(100, (how.rows / rows) * 110);
  // Single rows at random cost a look at every page, which large tables have too many of.
  const method = rows <= BERNOULLI_ROWS ? "BERNOULLI" : "SYSTEM";
  return { sql: `${from} TABLESAMPLE ${method} (${percent}) REPEATABLE (${SEED}) LIMIT ${how.rows}`, isLinear: false };
}

const BERNOULLI_ROWS = 2_000_000;
/** Any number; the same one draws the same sample as long as the table does not change. */
const SEED = 20_250_101;

function valueOf({ name, dataType }: ColumnDescription): string {
  const column = quoteName(name);
  if (dataType === "bytea") return `octet_length(${column})::text`;
  return isNumericType(dataType) || isTemporalType(dataType) || dataType === "boolean"
    ? `${column}::text`
    : `CASE WHEN char_length(${column}::text) > ${PROFILE_VALUE_CHARS}
        THEN left(${column}::text, ${PROFILE_VALUE_CHARS}) || '…' || md5(${column}::text) || ':' || char_length(${column}::text) ELSE ${column}::text END`;
}

function take(sample: ColumnSample, value: string | null, column: ColumnDescription | undefined): number {
  if (value === null || column === undefined) {
    sample.addNull();
    return 1;
  }
  if (column.dataType === "bytea") sample.addBytes(Number(value));
  else if (isNumericType(column.dataType) && Number.isFinite(Number(value))) {
    sample.addNumber("other", numberOf(value, column.dataType));
  } else if (value.length <= PROFILE_VALUE_CHARS) sample.addText("other", value);
  else {
    const [, shortened = value, length = "0"] = /^([^]*):(\d+)$/.exec(value) ?? [];
    sample.addText("other", shortened, Number(length));
  }
  return value.length;
}

async function aggregatesOf(
  read: PostgresRead,
  table: TableDescription,
  how: ReadOptions,
): Promise<ReadonlyMap<string, ColumnAggregate>> {
  const found = new Map<string, ColumnAggregate>();
  const from = qualifiedName(table.schema, table.name);
  const leading = leadingColumns(table);
  for (const { name, dataType } of table.columns) {
    const isOrdered = isNumericType(dataType) || isTemporalType(dataType);
    const column = quoteName(name);
    if (how.isAggregated && table.relationType !== "view") {
      // Types without equality have no different values to count.
      const distinct = /^(?:json|xml|point|box|polygon|circle|line|path|lseg)\b/.test(dataType)
        ? "NULL"
        : `count(DISTINCT ${column})::text`;
      const ends = isOrdered ? `min(${column})::text AS min, max(${column})::text AS max` : "NULL AS min, NULL AS max";
      const mean = isNumericType(dataType) && dataType !== "money" ? `avg(${column})::text` : "NULL";
      const [row] = await read<Record<"nulls" | "distinct" | "mean" | "min" | "max", string | null>>(
        `SELECT (count(*) - count(${column}))::text AS nulls, ${distinct} AS distinct, ${mean} AS mean, ${ends} FROM ${from}`,
      );
      found.set(name, {
        nulls: Number(row?.nulls),
        ...(typeof row?.distinct === "string" ? { distinct: Number(row.distinct) } : {}),
        ...(typeof row?.mean === "string" ? { mean: Number(row.mean) } : {}),
        ...extremesOf(row, dataType),
      });
    } else if (isOrdered && leading.includes(name)) {
      const [row] = await read<Record<"min" | "max", string | null>>(
        `SELECT min(${column})::text AS min, max(${column})::text AS max FROM ${from}`,
      );
      found.set(name, extremesOf(row, dataType));
    }
  }
  return found;
}

function extremesOf(
  row: Readonly<Record<"min" | "max", string | null>> | undefined,
  dataType: string,
): ColumnAggregate {
  if (typeof row?.min !== "string" || typeof row.max !== "string") return {};
  const { min, max } = row;
  const isPlain = isNumericType(dataType) && [min, max].every((text) => Number.isFinite(Number(text)));
  return isPlain
    ? { min: jsonNumber(numberOf(min, dataType)), max: jsonNumber(numberOf(max, dataType)) }
    : { min, max };
}

/** Floating-point numbers are doubles there too; others may be longer than one. */
function numberOf(text: string, dataType: string): ExactNumber {
  return /^(?:real|double|float)/.test(dataType) ? { value: Number(text) } : exactNumber(text);
}
