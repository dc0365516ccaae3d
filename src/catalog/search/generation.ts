import type SqliteDatabase from "better-sqlite3";
import type { ItemType } from "../../protocol/catalog.ts";
import { COLUMN_BASE, NO_DOCUMENT, laneOf, lanesFromBlob, lanesToBlob } from "./lanes.ts";
import { BLOCK_SIZE, type FieldLengths, fromBlob, postingsOf, toBlob } from "./postings.ts";
import { BlockPostings } from "./block-postings.ts";
import type { SearchDocument } from "./search-document.ts";

/** Mean field lengths of each class of documents. */
export interface MeanLengths {
  readonly table: FieldLengths;
  readonly column: FieldLengths;
  readonly text: FieldLengths;
}

/** Which means a document is measured by. */
export function classOf(itemType: ItemType): keyof MeanLengths {
  return itemType === "table" || itemType === "column" ? itemType : "text";
}

/** Where a generation is written, and whether it is known to be empty, so that nothing of it need be read. */
export interface GenerationPlace {
  readonly database: SqliteDatabase.Database;
  readonly number: number;
  readonly means: MeanLengths;
  readonly isNew: boolean;
}

/**
 * Writes the documents of one generation of an index. Postings and lanes are changed in memory and stored by `flush`; the caller
 * holds the transaction around both.
 */
export class Generation {
  readonly #place: GenerationPlace;
  readonly #statements = new Map<string, SqliteDatabase.Statement>();
  readonly #held = new Map<string, Map<number, BlockPostings>>();
  readonly #lanes = new Map<number, Int32Array>();
  readonly #databases = new Map<string, number>();
  readonly #next = { main: 0, column: COLUMN_BASE };

  constructor(place: GenerationPlace) {
    this.#place = place;
    if (!place.isNew) this.#continue();
  }

  /** Writes a document in place of the one with its id. Words that stand in both as before are not written again. */
  put(document: SearchDocument): void {
    const former = this.#former(document.id);
    const ordinal = former?.ordinal ?? (document.itemType === "column" ? this.#next.column++ : this.#next.main++);
    const postings = postingsOf(document, this.#place.means[classOf(document.itemType)]);
    if (former !== undefined) this.#forget(former, (stem) => !postings.has(stem));
    const [block, at] = [blockOf(ordinal), ordinal % BLOCK_SIZE];
    for (const [stem, posting] of postings) this.#postings(stem, block).set(at, posting);
    this.#lane(block)[at] = laneOf(this.#databaseNumber(document.database), document.itemType);
    this.#run(
      `insert into documents(generation, ordinal, id, item_type, parent, name, qualified_name, database, factor, names, stems, body)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ordinal,
      document.id,
      document.itemType,
      document.parent,
      document.name,
      document.qualifiedName,
      document.database,
      document.factor,
      document.names.join("\n"),
      [...postings.keys()].join(" "),
      JSON.stringify(document.body),
    );
  }

  /** Takes a document out, if it is there. */
  remove(id: string): void {
    const former = this.#former(id);
    if (former === undefined) return;
    this.#forget(former, () => true);
    this.#lane(blockOf(former.ordinal))[former.ordinal % BLOCK_SIZE] = NO_DOCUMENT;
  }

  /** Replaces the links that begin at a table. */
  link(source: string, targets: ReadonlyMap<string, boolean>): void {
    if (!this.#place.isNew) this.#run("delete from links where generation = ? and source = ?", source);
    for (const [target, isGuess] of targets) {
      this.#run(
        "insert or replace into links(generation, source, target, is_guess) values (?, ?, ?, ?)",
        source,
        target,
        isGuess ? 1 : 0,
      );
    }
  }

  /** Stores what is held in memory, one word after the other. */
  *flush(): Generator<void> {
    for (const [block, lanes] of this.#lanes) {
      this.#run("insert or replace into lanes(generation, block, data) values (?, ?, ?)", block, lanesToBlob(lanes));
    }
    this.#lanes.clear();
    for (const [stem, blocks] of this.#held) {
      if (this.#place.isNew || !this.#isKnown(stem)) this.#spell(stem);
      for (const [block, postings] of blocks) if (postings.isChanged) this.#store(stem, block, postings.numbers());
      yield;
    }
    this.#held.clear();
  }

  #continue(): void {
    const { number } = this.#place;
    const last = (from: number, below: number): number | null =>
      // The aggregate of a number column is a number, or null for no rows.
      this.#statement("select max(ordinal) from documents where generation = ? and ordinal >= ? and ordinal < ?")
        .pluck()
        .get(number, from, below) as number | null;
    this.#next.main = (last(0, COLUMN_BASE) ?? -1) + 1;
    this.#next.column = (last(COLUMN_BASE, COLUMN_BASE * 2) ?? COLUMN_BASE - 1) + 1;
  }

  #former(id: string): FormerDocument | undefined {
    if (this.#place.isNew) return undefined;
    const find = this.#statement("select id, ordinal, stems from documents where generation = ? and id = ?");
    // The columns are those of the schema in index-file.ts.
    return find.get(this.#place.number, id) as FormerDocument | undefined;
  }

  /** Deletes a document's row and its postings of some words. */
  #forget({ id, ordinal, stems }: FormerDocument, isGone: (stem: string) => boolean): void {
    const gone = stems.split(" ").filter((stem) => stem !== "" && isGone(stem));
    for (const stem of gone) this.#postings(stem, blockOf(ordinal)).remove(ordinal % BLOCK_SIZE);
    this.#run("delete from documents where generation = ? and id = ?", id);
  }

  #postings(stem: string, block: number): BlockPostings {
    const blocks = this.#held.get(stem) ?? new Map<number, BlockPostings>();
    this.#held.set(stem, blocks);
    const held = blocks.get(block) ?? new BlockPostings(this.#place.isNew ? undefined : this.#read(stem, block));
    blocks.set(block, held);
    return held;
  }

  #read(stem: string, block: number): Uint16Array | undefined {
    const data = this.#statement("select data from postings where generation = ? and stem = ? and block = ?")
      .pluck()
      // The column holds blobs.
      .get(this.#place.number, stem, block) as Uint8Array | undefined;
    return data === undefined ? undefined : fromBlob(data);
  }

  #lane(block: number): Int32Array {
    const known = this.#lanes.get(block);
    if (known !== undefined) return known;
    const stored = this.#place.isNew
      ? undefined
      : // The column holds blobs.
        (this.#statement("select data from lanes where generation = ? and block = ?")
          .pluck()
          .get(this.#place.number, block) as Uint8Array | undefined);
    const lanes = lanesFromBlob(stored);
    this.#lanes.set(block, lanes);
    return lanes;
  }

  #store(stem: string, block: number, numbers: Uint16Array): void {
    if (this.#place.isNew) {
      this.#run(
        "insert into postings(generation, stem, block, data) values (?, ?, ?, ?)",
        stem,
        block,
        toBlob(numbers),
      );
      return;
    }
    this.#run("delete from postings where generation = ? and stem = ? and block = ?", stem, block);
    if (numbers.length === 0) return;
    this.#run("insert into postings(generation, stem, block, data) values (?, ?, ?, ?)", stem, block, toBlob(numbers));
  }

  #isKnown(stem: string): boolean {
    const found = this.#statement("select 1 from postings where generation = ? and stem = ? limit 1");
    return found.get(this.#place.number, stem) !== undefined;
  }

  /** Words of letters can be misspelled; numbers cannot. */
  #spell(stem: string): void {
    if (stem.length < 3 || /\d/.test(stem)) return;
    this.#statement("insert into spellings(generation, stem) values (?, ?)").run(this.#place.number, stem);
  }

  #databaseNumber(name: string): number {
    if (name === "") return 0;
    const known = this.#databases.get(name) ?? this.#storedDatabase(name);
    this.#databases.set(name, known);
    return known;
  }

  #storedDatabase(name: string): number {
    const find = this.#statement("select number from databases where generation = ? and name = ?").pluck();
    const found = find.get(this.#place.number, name);
    if (typeof found === "number") return found;
    const count = this.#statement("select count(*) from databases where generation = ?")
      .pluck()
      .get(this.#place.number);
    const number = Number(count) + 1;
    this.#run("insert into databases(generation, number, name) values (?, ?, ?)", number, name);
    return number;
  }

  /** Every table's first column is the generation. */
  #run(sql: string, ...values: readonly (string | number | Buffer)[]): void {
    this.#statement(sql).run(this.#place.number, ...values);
  }

  #statement(sql: string): SqliteDatabase.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#place.database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

interface FormerDocument {
  readonly id: string;
  readonly ordinal: number;
  readonly stems: string;
}

function blockOf(ordinal: number): number {
  return Math.floor(ordinal / BLOCK_SIZE);
}
