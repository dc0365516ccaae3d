import type { Json } from "../../protocol/json.ts";
import { QUERY_CELL_BYTES } from "../../protocol/limits/query.ts";
import type { QueryRows } from "../port.ts";
import type { BoundedQuery } from "./query-process-protocol.ts";

/** Takes rows until a limit is reached, and says which one. */
export class RowCollector {
  readonly #rows: (readonly Json[])[] = [];
  readonly #limits: BoundedQuery;
  readonly #warnings = new Set<string>();
  #bytes = 0;
  #isFull = false;

  constructor(limits: BoundedQuery) {
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False when the row did not fit; nothing more fits then. */
  add(row: readonly Json[]): boolean {
    if (this.#rows.length >= this.#limits.rows) return this.cut(`the row limit of ${this.#limits.rows} rows`);
    const cells = row.map((cell) => this.#shortened(cell));
    const bytes = cells.reduce<number>((sum, cell) => sum + cellBytes(cell) + 1, 2);
    if (this.#bytes + bytes > this.#limits.bytes) return this.cut(`the byte limit of ${this.#limits.bytes} bytes`);
    this.#bytes += bytes;
    this.#rows.push(cells);
    return true;
  }

  /** Takes note that a limit ended the rows here. */
  cut(limit: string): false {
    this.#isFull = true;
    this.#warnings.add(`truncated by ${limit}: the first ${this.#rows.length} rows are shown`);
    return false;
  }

  result(columns: readonly string[]): QueryRows {
    return {
      row_count: this.#rows.length,
      columns,
      rows: this.#rows,
      truncated: this.#warnings.size > 0,
      warnings: [...this.#warnings],
    };
  }

  #shortened(cell: Json): Json {
    if (typeof cell !== "string" || cell.length <= QUERY_CELL_BYTES / 4) {
      if (typeof cell !== "object" || cell === null) return cell;
      const text = JSON.stringify(cell);
      return text.length <= QUERY_CELL_BYTES ? cell : this.#shortened(text);
    }
    if (cell.length <= QUERY_CELL_BYTES && Buffer.byteLength(cell) <= QUERY_CELL_BYTES) return cell;
    this.#warnings.add(`truncated by the value limit of ${QUERY_CELL_BYTES} bytes: longer values end with "…"`);
    const cut = Buffer.from(cell.slice(0, QUERY_CELL_BYTES)).subarray(0, QUERY_CELL_BYTES).toString();
    return `${cut.replace(/\uFFFD+$/, "")}…`;
  }
}

function cellBytes(cell: Json): number {
  return typeof cell === "string" ? Buffer.byteLength(cell) + 2 : Buffer.byteLength(JSON.stringify(cell));
}
