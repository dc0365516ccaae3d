import type { ItemType } from "../../protocol/catalog.ts";
import type { GenerationPlace } from "./generation-place.ts";
import { HeldLanes } from "./held-lanes.ts";
import { HeldPostings } from "./held-postings.ts";
import type { IndexConnection } from "./index-connection.ts";
import { COLUMN_BASE, NO_DOCUMENT, laneOf } from "./lanes.ts";
import { type FieldLengths, type PackedPosting, postingsOf, postingsText, readPostingsText } from "./postings.ts";
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

/**
 * Writes the documents of one generation of an index. Postings and lanes are changed in memory and stored by `flush`; the caller
 * holds the transaction around both. What stands there as it is to be is not written again, because pages cost more than reads.
 */
export class Generation {
  readonly #place: GenerationPlace;
  readonly #means: MeanLengths;
  readonly #postings: HeldPostings;
  readonly #lanes: HeldLanes;
  readonly #databases = new Map<string, number>();
  /** The ordinals that the next documents get, once they are known. */
  readonly #next = { main: NaN, column: NaN };

  constructor(place: GenerationPlace, means: MeanLengths) {
    this.#place = place;
    this.#means = means;
    this.#postings = new HeldPostings(place);
    this.#lanes = new HeldLanes(place);
  }

  /** Writes a document in place of the one with its id. */
  put(document: SearchDocument): void {
    const isColumn = document.itemType === "column";
    let former = this.#former(document.id);
    if (former !== undefined && former.ordinal >= COLUMN_BASE !== isColumn) {
      this.remove(document.id);
      former = undefined;
    }
    const ordinal = former?.ordinal ?? this.#nextOrdinal(isColumn);
    const postings = postingsOf(document, this.#means[classOf(document.itemType)]);
    this.#replacePostings(ordinal, postings, readPostingsText(former?.stems ?? ""));
    this.#lanes.set(ordinal, laneOf(this.#databaseNumber(document.database), document.itemType));
    const row = [
      document.itemType,
      document.name,
      document.qualifiedName,
      document.database,
      document.factor,
      document.names.join("\n"),
      postingsText(postings),
      JSON.stringify(document.body),
    ];
    if (former === undefined) this.#run(INSERT_DOCUMENT, ordinal, ...row, document.id, document.parent);
    else this.#statement(UPDATE_DOCUMENT).run(...row, this.#place.number, ordinal);
    if (former !== undefined && former.parent !== document.parent)
      this.#statement(UPDATE_PARENT).run(document.parent, this.#place.number, ordinal);
  }

  /** Takes a document out, if it is there, with the links that begin at it. */
  remove(id: string): void {
    const former = this.#former(id);
    if (former === undefined) return;
    this.#replacePostings(former.ordinal, new Map(), readPostingsText(former.stems));
    this.#lanes.set(former.ordinal, NO_DOCUMENT);
    this.#run("delete from documents where generation = ? and ordinal = ?", former.ordinal);
    this.#run("delete from links where generation = ? and source = ?", id);
  }

  /** Writes the links that begin at a table in place of those that did, by target with whether each is a guess. */
  link(source: string, targets: ReadonlyMap<string, boolean>): void {
    if (!this.#place.isNew) {
      const former = this.#links(source);
      if (former.size === targets.size && [...targets].every(([id, isGuess]) => former.get(id) === isGuess)) return;
      this.#run("delete from links where generation = ? and source = ?", source);
    }
    for (const [target, isGuess] of targets) this.#run(INSERT_LINK, source, target, isGuess ? 1 : 0);
  }

  /** The same for links that edges say; a table without any keeps what was guessed. */
  declareLinks(source: string, targets: readonly string[]): void {
    const guesses = targets.length > 0 ? [] : [...this.#links(source)].filter(([, isGuess]) => isGuess);
    this.link(source, new Map([...guesses, ...targets.map((target) => [target, false] as const)]));
  }

  /** Stores what is held in memory, one word after the other. */
  *flush(): Generator<void> {
    this.#lanes.flush();
    yield* this.#postings.flush();
  }

  #replacePostings(
    ordinal: number,
    postings: ReadonlyMap<string, PackedPosting>,
    former: ReadonlyMap<string, PackedPosting>,
  ): void {
    for (const stem of former.keys()) if (!postings.has(stem)) this.#postings.remove(stem, ordinal);
    for (const [stem, posting] of postings) {
      if (former.get(stem) !== posting) this.#postings.set(stem, ordinal, posting);
    }
  }

  #nextOrdinal(isColumn: boolean): number {
    const kind = isColumn ? "column" : "main";
    const known = this.#next[kind];
    const next = Number.isNaN(known) ? this.#freeOrdinal(isColumn ? COLUMN_BASE : 0) : known;
    this.#next[kind] = next + 1;
    return next;
  }

  #freeOrdinal(base: number): number {
    if (this.#place.isNew) return base;
    const last = this.#statement(
      "select max(ordinal) from documents where generation = ? and ordinal >= ? and ordinal < ?",
    )
      .pluck()
      .get(this.#place.number, base, base + COLUMN_BASE);
    return typeof last === "number" ? last + 1 : base;
  }

  #former(id: string): FormerDocument | undefined {
    if (this.#place.isNew) return undefined;
    const find = this.#statement("select ordinal, parent, stems from documents where generation = ? and id = ?");
    // The columns are those of the schema in index-file.ts.
    return find.get(this.#place.number, id) as FormerDocument | undefined;
  }

  #links(source: string): ReadonlyMap<string, boolean> {
    const find = this.#statement("select target, is_guess from links where generation = ? and source = ?");
    // As above.
    const rows = find.all(this.#place.number, source) as LinkRow[];
    return new Map(rows.map(({ target, is_guess }) => [target, is_guess === 1]));
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
  #run(sql: string, ...values: readonly (string | number)[]): void {
    this.#statement(sql).run(this.#place.number, ...values);
  }

  #statement(sql: string): ReturnType<IndexConnection["statement"]> {
    return this.#place.connection.statement(sql);
  }
}

const INSERT_DOCUMENT = `
  insert into documents(generation, ordinal, item_type, name, qualified_name, database, factor, names, stems, body, id, parent)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
/** Leaves out what has an index, because naming a column writes its index. */
const UPDATE_DOCUMENT = `
  update documents set item_type = ?, name = ?, qualified_name = ?, database = ?, factor = ?, names = ?, stems = ?, body = ?
  where generation = ? and ordinal = ?`;
const UPDATE_PARENT = "update documents set parent = ? where generation = ? and ordinal = ?";
const INSERT_LINK = "insert or replace into links(generation, source, target, is_guess) values (?, ?, ?, ?)";

interface FormerDocument {
  readonly ordinal: number;
  readonly parent: string;
  readonly stems: string;
}

interface LinkRow {
  readonly target: string;
  readonly is_guess: number;
}
