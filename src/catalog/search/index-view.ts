import { COLUMN_BASE, NO_DOCUMENT, databaseNumber, lanesFromBlob } from "./lanes.ts";
import type { IndexConnection } from "./index-connection.ts";
import type { IndexHead } from "./index-head.ts";
import { BLOCK_SIZE, fromBlob } from "./postings.ts";

/** A word's postings in one block of documents. */
export interface PostingBlock {
  readonly block: number;
  readonly numbers: Uint16Array;
}

/** Documents that are ranked together: everything but columns, or the columns. */
export interface DocumentSpace {
  /** The first ordinal. */
  readonly base: number;
  /** By ordinal from the base on. */
  readonly lanes: Int32Array;
  readonly count: number;
  /** Documents by database number. */
  readonly perDatabase: Int32Array;
  /** Databases that have any. */
  readonly databases: number;
}

/** What ranking looks at closely. */
export interface NamedDocument {
  readonly id: string;
  readonly factor: number;
  /** The stems of each of its names; the first is its own, the others are a table's columns in their order. */
  readonly names: readonly (readonly string[])[];
}

/**
 * One version of one generation, as it is read. What was read stays in memory within bounds, because a version never changes;
 * whoever sees another version throws the view away.
 */
export class IndexView {
  readonly connection: IndexConnection;
  readonly head: IndexHead;
  readonly #postings = new Map<string, readonly PostingBlock[]>();
  readonly #named = new Map<number, NamedDocument | null>();
  readonly #neighbours = new Map<string, readonly number[]>();
  readonly #spaces = new Map<boolean, DocumentSpace>();
  #heldNumbers = 0;

  constructor(connection: IndexConnection, head: IndexHead) {
    this.connection = connection;
    this.head = head;
  }

  space(isColumns: boolean): DocumentSpace {
    const known = this.#spaces.get(isColumns);
    if (known !== undefined) return known;
    const space = this.#readSpace(isColumns);
    this.#spaces.set(isColumns, space);
    return space;
  }

  /** The postings of a stem among the documents of a space. */
  postings(stem: string, isColumns: boolean): readonly PostingBlock[] {
    const key = `${isColumns ? "c" : "m"}${stem}`;
    const known = this.#postings.get(key);
    if (known !== undefined) return known;
    const from = isColumns ? COLUMN_BASE / BLOCK_SIZE : 0;
    const rows = this.connection
      .statement(
        "select block, data from postings where generation = ? and stem = ? and block >= ? and block < ? order by block",
      )
      // The columns are those of the schema in index-file.ts.
      .all(this.head.generation, stem, from, from + COLUMN_BASE / BLOCK_SIZE) as PostingRow[];
    const blocks = rows.map(({ block, data }) => ({ block, numbers: fromBlob(data) }));
    this.#heldNumbers += blocks.reduce((sum, { numbers }) => sum + numbers.length, 0);
    if (this.#heldNumbers > HELD_NUMBERS) {
      this.#postings.clear();
      this.#heldNumbers = 0;
    }
    this.#postings.set(key, blocks);
    return blocks;
  }

  named(ordinal: number): NamedDocument | null {
    const known = this.#named.get(ordinal);
    if (known !== undefined) return known;
    const row = this.connection
      .statement("select id, factor, names from documents where generation = ? and ordinal = ?")
      // As above.
      .get(this.head.generation, ordinal) as NamedRow | undefined;
    const named =
      row === undefined
        ? null
        : {
            id: row.id,
            factor: row.factor,
            names: row.names.split("\n").map((name) => name.split(" ").filter(Boolean)),
          };
    if (this.#named.size >= HELD_DOCUMENTS) this.#named.clear();
    this.#named.set(ordinal, named);
    return named;
  }

  /** The tables that a table joins with, in both directions. The planner would walk over all documents, so the order of the join is set. */
  neighbours(id: string): readonly number[] {
    const known = this.#neighbours.get(id);
    if (known !== undefined) return known;
    const { generation } = this.head;
    const ordinals = this.connection
      .statement(
        `select d.ordinal from links l cross join documents d on d.generation = l.generation and d.id = l.target
         where l.generation = ? and l.source = ?
         union select d.ordinal from links l cross join documents d on d.generation = l.generation and d.id = l.source
         where l.generation = ? and l.target = ? limit ${NEIGHBOURS}`,
      )
      .pluck()
      // Ordinals are numbers.
      .all(generation, id, generation, id) as number[];
    if (this.#neighbours.size >= HELD_DOCUMENTS) this.#neighbours.clear();
    this.#neighbours.set(id, ordinals);
    return ordinals;
  }

  /** Words of the index that share letters with a word, those that share most first. */
  spelledLike(triples: readonly string[]): readonly string[] {
    const query = triples.map((triple) => `"${triple.replaceAll('"', '""')}"`).join(" OR ");
    return (
      this.connection
        .statement("select stem from spellings where spellings match ? and generation = ? order by rank limit ?")
        .pluck()
        // Stems are text.
        .all(query, this.head.generation, SPELLINGS) as string[]
    );
  }

  #readSpace(isColumns: boolean): DocumentSpace {
    const base = isColumns ? COLUMN_BASE : 0;
    const from = base / BLOCK_SIZE;
    const rows = this.connection
      .statement("select block, data from lanes where generation = ? and block >= ? and block < ? order by block")
      // As above.
      .all(this.head.generation, from, from + COLUMN_BASE / BLOCK_SIZE) as PostingRow[];
    const last = rows.at(-1);
    const lanes = new Int32Array(last === undefined ? 0 : (last.block - from + 1) * BLOCK_SIZE).fill(NO_DOCUMENT);
    for (const { block, data } of rows) lanes.set(lanesFromBlob(data), (block - from) * BLOCK_SIZE);
    return { base, lanes, ...counted(lanes) };
  }
}

const HELD_NUMBERS = 16_000_000;
const HELD_DOCUMENTS = 20_000;
/** A table that joins with more tells nothing by it. */
const NEIGHBOURS = 50;
const SPELLINGS = 40;

interface PostingRow {
  readonly block: number;
  readonly data: Uint8Array;
}

interface NamedRow {
  readonly id: string;
  readonly factor: number;
  readonly names: string;
}

function counted(lanes: Int32Array): Pick<DocumentSpace, "count" | "perDatabase" | "databases"> {
  let count = 0;
  let largest = 0;
  for (const lane of lanes) {
    if (lane === NO_DOCUMENT) continue;
    count++;
    largest = Math.max(largest, databaseNumber(lane));
  }
  const perDatabase = new Int32Array(largest + 1);
  for (const lane of lanes) {
    if (lane !== NO_DOCUMENT) perDatabase[databaseNumber(lane)] = (perDatabase[databaseNumber(lane)] ?? 0) + 1;
  }
  let databases = 0;
  for (let number = 1; number < perDatabase.length; number++) if (perDatabase[number] !== 0) databases++;
  return { count, perDatabase, databases };
}
