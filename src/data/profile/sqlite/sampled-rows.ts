import type { SqliteDatabase } from "../../../sqlite/database.ts";
import { quoteName } from "../quote-name.ts";
import { sampleSequence } from "../sample-sequence.ts";

/** Which rows to look up. */
export interface RowSampleWish {
  readonly table: string;
  /** The name of its rowid. */
  readonly rowid: string;
  /** The result list of the query. */
  readonly list: string;
  readonly rows: number;
}

/**
 * Rows at random places of a table, each looked up by its number: the same ones as long as the table does not change. Where
 * most numbers are free the next row after a place is taken, which prefers rows behind gaps.
 */
export function* sampledRows(db: SqliteDatabase, wish: RowSampleWish): Generator<readonly unknown[]> {
  const { table, rowid, list, rows } = wish;
  const from = quoteName(table);
  const ends = db.prepare(`SELECT min(${rowid}), max(${rowid}) FROM ${from}`).safeIntegers().raw().get();
  const [min, max] = Array.isArray(ends) ? ends : [];
  if (typeof min !== "bigint" || typeof max !== "bigint") return;
  const next = sampleSequence(`${table} ${min} ${max}`);
  const width = Number(max - min) + 1;
  const exactly = db.prepare(`SELECT ${list} FROM ${from} WHERE ${rowid} = ?`).safeIntegers().raw();
  const tried = new Set<bigint>();
  let found = 0;
  for (let round = 0; round < ROUNDS && found < rows; round++) {
    const wanted = Math.ceil((rows - found) * (tried.size === 0 ? 1 : Math.min(ROUNDS, tried.size / (found + 1))));
    for (const id of drawn(next, { min, width, count: wanted, tried })) {
      const row = exactly.get(id);
      if (!Array.isArray(row)) continue;
      yield row;
      if (++found === rows) return;
    }
    if (found < tried.size * SPARSE) break;
  }
  if (found * 2 >= rows || tried.size >= width) return;
  const onwards = db.prepare(`SELECT ${rowid}, ${list} FROM ${from} WHERE ${rowid} >= ? ORDER BY ${rowid} LIMIT 1`);
  onwards.safeIntegers().raw();
  const taken = new Set<bigint>(tried);
  for (const place of drawn(next, { min, width, count: rows - found, tried: new Set() })) {
    const row = onwards.get(place);
    const id: unknown = Array.isArray(row) ? row[0] : undefined;
    if (!Array.isArray(row) || typeof id !== "bigint" || taken.has(id)) continue;
    taken.add(id);
    yield row.slice(1);
  }
}

const ROUNDS = 10;
/** Fewer hits than this share of the tries, and looking for exact numbers is given up. */
const SPARSE = 0.1;

interface Draw {
  readonly min: bigint;
  readonly width: number;
  readonly count: number;
  readonly tried: Set<bigint>;
}

/** In ascending order, so that neighbours are read from the same page. */
function drawn(next: () => number, { min, width, count, tried }: Draw): readonly bigint[] {
  const fresh: bigint[] = [];
  for (let draw = 0; draw < count; draw++) {
    const id = min + BigInt(Math.floor(next() * width));
    if (tried.has(id)) continue;
    tried.add(id);
    fresh.push(id);
  }
  return fresh.sort((a, b) => (a < b ? -1 : 1));
}
