import { COLUMN_BASE, NO_DOCUMENT, lanesFromBlob } from "../../src/catalog/search/lanes.ts";
import { BLOCK_SIZE, POSTING_WORDS, fromBlob, readPostingsText } from "../../src/catalog/search/postings.ts";
import type { CatalogScope } from "../../src/protocol/catalog.ts";
import type { SqliteDatabase } from "../../src/sqlite/database.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";

/** What an index file holds of a scope, in an order that does not tell how it came to be. */
export interface IndexContents {
  readonly documents: readonly unknown[];
  /** Postings and lanes that do not fit the documents' rows; an index that is whole has none. */
  readonly misfits: readonly string[];
}

/** Reads an index file as it lies there, without the code that searches it. */
export function indexContents(path: string, scope: CatalogScope): IndexContents {
  const database = openDatabase(path, { readonly: true });
  try {
    const generation = database
      .prepare("select generation from search_indexes where tenant = ? and workspace = ?")
      .pluck()
      .get(scope.tenantId, scope.workspaceId);
    // The columns are those of the index's schema.
    const rows = database
      .prepare("select * from documents where generation = ? order by id")
      .all(generation) as DocumentRow[];
    const links = database.prepare(
      "select source, target from links where generation = ? and source = ? order by target",
    );
    return {
      documents: rows.map(({ generation: _generation, ordinal, stems, ...row }) => ({
        ...row,
        isColumn: ordinal >= COLUMN_BASE,
        stems: [...readPostingsText(stems).keys()].sort(),
        links: links.all(generation, row.id),
      })),
      misfits: symmetricDifference(expectedFacts(rows), storedFacts(database, generation)),
    };
  } finally {
    database.close();
  }
}

interface DocumentRow {
  readonly generation: number;
  readonly ordinal: number;
  readonly id: string;
  readonly stems: string;
}

function expectedFacts(rows: readonly DocumentRow[]): ReadonlySet<string> {
  return new Set(
    rows.flatMap(({ ordinal, stems }) => [
      `document ${ordinal}`,
      ...[...readPostingsText(stems)].map(([stem, posting]) => `posting ${stem} ${ordinal} ${posting}`),
    ]),
  );
}

function storedFacts(database: SqliteDatabase, generation: unknown): ReadonlySet<string> {
  const facts = new Set<string>();
  const lanes = database.prepare("select block, data from lanes where generation = ?").all(generation) as BlockRow[];
  for (const { block, data } of lanes) {
    for (const [place, lane] of lanesFromBlob(data).entries())
      if (lane !== NO_DOCUMENT) facts.add(`document ${block * BLOCK_SIZE + place}`);
  }
  const postings = database.prepare("select stem, block, data from postings where generation = ?").all(generation);
  for (const { stem, block, data } of postings as (BlockRow & { readonly stem: string })[]) {
    const numbers = fromBlob(data);
    for (let at = 0; at < numbers.length; at += POSTING_WORDS) {
      const posting = ((numbers[at + 1] ?? 0) << 16) | (numbers[at + 2] ?? 0);
      facts.add(`posting ${stem} ${block * BLOCK_SIZE + (numbers[at] ?? 0)} ${posting}`);
    }
  }
  return facts;
}

interface BlockRow {
  readonly block: number;
  readonly data: Uint8Array;
}

function symmetricDifference(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...[...a].filter((one) => !b.has(one)), ...[...b].filter((one) => !a.has(one))];
}
