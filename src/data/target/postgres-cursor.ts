import type pg from "pg";
import type { Json } from "../../protocol/json.ts";
import type { QueryRows } from "../port.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { postgresValue } from "./postgres-value.ts";
import type { BoundedQuery } from "./query-process-protocol.ts";
import { RowCollector } from "./row-collector.ts";

/** Reads a query's rows through a cursor, in batches as large as the rows allow, and never more bytes at once than the limits need. */
export async function readCursor(
  client: pg.Client,
  query: BoundedQuery,
  connection: PostgresConnection,
): Promise<QueryRows> {
  // `values` alone do not select the extended protocol, under which a second statement cannot run.
  const declare = {
    text: `DECLARE bridle_rows NO SCROLL CURSOR FOR ${query.sql}`,
    values: query.params.map(postgresParam),
    queryMode: "extended",
  };
  await client.query(declare);
  const rows = new RowCollector(query);
  let columns: readonly string[] = [];
  const budget = watchBytes(connection, query.bytes * WIRE_FACTOR + WIRE_SLACK_BYTES);
  try {
    for (let size = 1; !rows.isFull; size = nextBatch(rows, query, { size, bytes: budget.used() })) {
      budget.begin();
      const batch = await client.query<(string | null)[]>({
        text: `FETCH FORWARD ${size} FROM bridle_rows`,
        rowMode: "array",
      });
      columns = batch.fields.map(({ name }) => name);
      const types = batch.fields.map(({ dataTypeID }) => dataTypeID);
      for (const row of batch.rows)
        if (!rows.add(row.map((text, index): Json => postgresValue(text, types[index] ?? 0)))) break;
      if (batch.rows.length < size) break;
    }
  } catch (error) {
    if (!budget.isSpent()) throw error;
    rows.cut(`the byte limit of ${query.bytes} bytes`);
  } finally {
    budget.end();
  }
  return rows.result(columns);
}

/** How much larger a batch may be than the one before: the first rows may be small and those behind them large. */
const GROWTH = 4;
const MAX_BATCH = 2_000;
const BATCH_BYTES = 256 * 1024;
/** A row weighs on the wire about what it weighs as JSON, hexadecimal blobs and escapes included. */
const WIRE_FACTOR = 2;
const WIRE_SLACK_BYTES = 4 * 1024 * 1024;
const CHECK_MS = 10;

/** By what the rows of the last batch weighed before long values were cut. One row more than the limit tells whether there are more. */
function nextBatch(
  rows: RowCollector,
  { rows: limit }: BoundedQuery,
  last: { readonly size: number; readonly bytes: number },
): number {
  const fitting = Math.floor(BATCH_BYTES / Math.max(1, last.bytes / last.size));
  return Math.max(1, Math.min(fitting, last.size * GROWTH, MAX_BATCH, limit + 1 - rows.rowCount));
}

/** Watches what one batch brings. */
interface ByteWatch {
  begin(): void;
  used(): number;
  isSpent(): boolean;
  end(): void;
}

/** Breaks the connection when a batch brings more than the query may have: the driver itself would take any value whole. */
function watchBytes(connection: PostgresConnection, budget: number): ByteWatch {
  let start = connection.bytesRead;
  let isSpent = false;
  const timer = setInterval(() => {
    if (connection.bytesRead - start <= budget) return;
    isSpent = true;
    connection.break();
  }, CHECK_MS);
  return {
    begin: () => {
      start = connection.bytesRead;
    },
    used: () => connection.bytesRead - start,
    isSpent: () => isSpent,
    end: () => clearInterval(timer),
  };
}

/** Lists of plain values become arrays, which `= any($1)` wants; other lists and objects become JSON. */
function postgresParam(value: Json): unknown {
  if (typeof value !== "object" || value === null) return value;
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);
  return isPlainList ? value : JSON.stringify(value);
}
