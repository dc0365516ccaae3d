import { PROFILE_READ_BYTES, PROFILE_VALUE_CHARS } from "../../../protocol/limits/profile.ts";
import { charactersOf, ColumnSample, jsonNumber } from "../column-sample.ts";
import type { TableDescription } from "../description.ts";
import { type ExactNumber, exactNumber } from "../exact-number.ts";
import { leadingColumns } from "../leading-columns.ts";
import { quoteName } from "../quote-name.ts";
import type { ColumnAggregate, ReadOptions, TableReading } from "../reading.ts";
import { columnTypes, isNumber, isOrderedAsText, isTime } from "./column-types.ts";
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
  const types = await columnTypes(read, table);
  const columns = table.columns.map(({ name, dataType }): TypedColumn => ({ name, type: types.get(name) ?? dataType }));
  const samples = columns.map(({ name, type }) => {
    const isOrdered = isNumber(type) || isOrderedAsText(type);
    return new ColumnSample({ name, hasTypes: false, hasValues: how.hasValues, isTemporal: isTime(type), isOrdered });
  });
  const source = sourceOf(table, { how, counted });
  const list = columns.map((column, index) => `${valueOf(column)} AS c${index}`).join(", ");
  await read(`DECLARE bridle_profile NO SCROLL CURSOR FOR SELECT ${list} FROM ${source.sql}`);
  const state = { rows: 0, bytes: 0 };
  for (;;) {
    const rows = await read<Record<string, string | null>>(`FETCH FORWARD ${FETCHED_ROWS} FROM bridle_profile`);
    for (const row of rows) {
      state.rows++;
      for (const [index, sample] of samples.entries()) {
        state.bytes += take(sample, row[`c${index}`] ?? null, columns[index]?.type ?? "");
      }
    }
    if (rows.length < FETCHED_ROWS || state.bytes > PROFILE_READ_BYTES) break;
  }
  await read("CLOSE bridle_profile");
  const isCut = state.bytes > PROFILE_READ_BYTES;
  const isWhole = !isCut && (counted === null ? source.isLinear && state.rows < how.rows : counted === state.rows);
  const computed = isWhole ? [] : await aggregatesOf(read, { table, columns, how });
  const aggregates = new Map(computed.map(({ name, aggregate }) => [name, aggregate]));
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
    warnings: [
      ...(isCut ? [`stopped after ${state.rows} rows: ${PROFILE_READ_BYTES} bytes were read`] : []),
      ...computed.flatMap(({ warning }) => warning ?? []),
    ],
  };
}

/** A column with the type that its values have behind whatever domain. */
interface TypedColumn {
  readonly name: string;
  readonly type: string;
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

function valueOf({ name, type }: TypedColumn): string {
  const column = quoteName(name);
  if (type === "bytea") return `octet_length(${column})::text`;
  return isNumber(type) || isTime(type) || type === "boolean"
    ? `${column}::text`
    : `CASE WHEN char_length(${column}::text) > ${PROFILE_VALUE_CHARS}
        THEN left(${column}::text, ${PROFILE_VALUE_CHARS}) || '…' || md5(${column}::text) || ':' || char_length(${column}::text) ELSE ${column}::text END`;
}

function take(sample: ColumnSample, value: string | null, type: string): number {
  if (value === null) {
    sample.addNull();
    return 1;
  }
  if (type === "bytea") sample.addBytes(Number(value));
  else if (isNumber(type) && value !== "NaN") sample.addNumber("other", numberOf(value, type));
  // The server counts characters, of which some are two units here.
  else if (charactersOf(value) <= PROFILE_VALUE_CHARS) sample.addText("other", value);
  else {
    const [, shortened = value, length = "0"] = /^([^]*):(\d+)$/.exec(value) ?? [];
    sample.addText("other", shortened, Number(length));
  }
  return value.length;
}

interface AggregateQuestion {
  readonly table: TableDescription;
  readonly columns: readonly TypedColumn[];
  readonly how: ReadOptions;
}

interface ComputedColumn {
  readonly name: string;
  readonly aggregate: ColumnAggregate | null;
  readonly warning?: string;
}

async function aggregatesOf(
  read: PostgresRead,
  { table, columns, how }: AggregateQuestion,
): Promise<readonly ComputedColumn[]> {
  const from = qualifiedName(table.schema, table.name);
  const leading = leadingColumns(table);
  const isAll = how.isAggregated && table.relationType !== "view";
  const found: ComputedColumn[] = [];
  for (const column of columns) {
    const { name, type } = column;
    const isWanted = isAll || (leading.includes(name) && (isNumber(type) || isTime(type)));
    if (!isWanted) continue;
    const compute = (): Promise<ColumnAggregate> => (isAll ? everything(read, from, column) : ends(read, from, column));
    found.push(await unlessImpossible(read, name, compute));
  }
  return found;
}

/** A type may lack what is asked of it; its table has other columns. */
async function unlessImpossible(
  read: PostgresRead,
  name: string,
  compute: () => Promise<ColumnAggregate>,
): Promise<ComputedColumn> {
  await read("SAVEPOINT bridle_column");
  try {
    return { name, aggregate: await compute() };
  } catch (error) {
    // 42: the statement cannot be run on these types. Anything else is the table's or the connection's.
    if (!(error instanceof Error && "code" in error && String(error.code).startsWith("42"))) throw error;
    await read("ROLLBACK TO SAVEPOINT bridle_column");
    return { name, aggregate: null, warning: `${JSON.stringify(name)} was not counted: ${error.message}` };
  }
}

async function everything(read: PostgresRead, from: string, { name, type }: TypedColumn): Promise<ColumnAggregate> {
  const column = quoteName(name);
  // Types without equality have no different values to count.
  const distinct = /^(?:json|jsonpath|xml|point|box|polygon|circle|line|path|lseg|xid|cid)\b/.test(type)
    ? "NULL"
    : `count(DISTINCT ${column})::text`;
  const hasEnds = isNumber(type) || isTime(type) || type === "money";
  const smallest = hasEnds ? `min(${column})::text AS min, max(${column})::text AS max` : "NULL AS min, NULL AS max";
  const mean = isNumber(type) ? `avg(${column})::text` : "NULL";
  const [row] = await read<Record<"nulls" | "distinct" | "mean" | "min" | "max", string | null>>(
    `SELECT (count(*) - count(${column}))::text AS nulls, ${distinct} AS distinct, ${mean} AS mean, ${smallest} FROM ${from}`,
  );
  return {
    nulls: Number(row?.nulls),
    ...(typeof row?.distinct === "string" ? { distinct: Number(row.distinct) } : {}),
    ...(typeof row?.mean === "string" && Number.isFinite(Number(row.mean)) ? { mean: Number(row.mean) } : {}),
    ...extremesOf(row, type),
  };
}

async function ends(read: PostgresRead, from: string, { name, type }: TypedColumn): Promise<ColumnAggregate> {
  const column = quoteName(name);
  const [row] = await read<Record<"min" | "max", string | null>>(
    `SELECT min(${column})::text AS min, max(${column})::text AS max FROM ${from}`,
  );
  return extremesOf(row, type);
}

function extremesOf(row: Readonly<Record<"min" | "max", string | null>> | undefined, type: string): ColumnAggregate {
  if (typeof row?.min !== "string" || typeof row.max !== "string") return {};
  const [min, max] = [row.min, row.max].map((text) =>
    isNumber(type) && text !== "NaN" ? jsonNumber(numberOf(text, type)) : text,
  );
  return min === undefined || max === undefined ? {} : { min, max };
}

/** Floating-point numbers are doubles there too; others may be longer than one. */
function numberOf(text: string, type: string): ExactNumber {
  return /^(?:real|double)/.test(type) ? { value: Number(text) } : exactNumber(text);
}
