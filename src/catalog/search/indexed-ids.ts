import type { IndexFile } from "./index-file.ts";

/** What one generation of an index knows of ids: who is a part of whom. */
export class IndexedIds {
  readonly #file: IndexFile;
  readonly #generation: number;

  constructor(file: IndexFile, generation: number) {
    this.#file = file;
    this.#generation = generation;
  }

  /** Walks over all of them. */
  count(): number {
    const count = this.#file.open().statement("select count(*) from documents where generation = ?").pluck();
    return Number(this.#file.explained(() => count.get(this.#generation)));
  }

  has(id: string): boolean {
    return this.#ids("select id from documents where generation = ? and id = ?", id).length > 0;
  }

  /** The table that a column is shown with, as a list of one or none. */
  tablesOf(id: string): readonly string[] {
    return this.#ids(
      "select parent from documents where generation = ? and id = ? and item_type = 'column' and parent <> ''",
      id,
    );
  }

  columnsOf(table: string): readonly string[] {
    return this.#ids(
      `select id from documents indexed by documents_by_parent
       where generation = ? and parent = ? and item_type = 'column'`,
      table,
    );
  }

  /** Entries without a parent whose ids begin so. */
  orphansBelow(prefix: string): readonly string[] {
    return this.#ids(
      "select id from documents where generation = ? and id >= ? and id < ? and parent = ''",
      prefix,
      `${prefix}\u{10ffff}`,
    );
  }

  #ids(sql: string, ...values: readonly string[]): readonly string[] {
    const find = (): readonly unknown[] =>
      this.#file
        .open()
        .statement(sql)
        .pluck()
        .all(this.#generation, ...values);
    // Every statement gives the ids of one column of text.
    return this.#file.explained(find) as readonly string[];
  }
}
