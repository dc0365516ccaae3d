import { statSync } from "node:fs";
import type { SqliteDatabase } from "../../../sqlite/database.ts";
import { thrownMessage } from "../../../lib/thrown-text.ts";
import { PROFILE_PAGE_WALK_BYTES } from "../../../protocol/limits/profile.ts";
import type {
  ColumnDescription,
  DatabaseDescription,
  ForeignKey,
  IndexDescription,
  RowEstimate,
  TableDescription,
} from "../description.ts";
import { quoteName } from "../quote-name.ts";
import { viewBasisOf } from "./view-basis.ts";

/** The one schema of a SQLite file. */
const SQLITE_SCHEMA = "main";

/** Reads the schema, sqlite_stat1, the sizes of pages and the largest rowids; no row of any table. */
export function describeSqlite(db: SqliteDatabase): DatabaseDescription {
  const size = statSync(db.name).size;
  const pages = size <= PROFILE_PAGE_WALK_BYTES ? pageFacts(db) : null;
  const listed = rows<ListedTable>(db, "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'")
    .filter(({ name, type }) => !name.startsWith("sqlite_") && type !== "shadow")
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const facts: Facts = { db, pages, analyzed: analyzedRows(db) };
  const warnings = pages === null ? ["the file is large: sizes of single tables were not added up"] : [];
  if (listed.length === 0) warnings.push("the file has no tables");
  return {
    engine: "sqlite",
    serverVersion: String(db.prepare("SELECT sqlite_version()").pluck().get()),
    bytes: Number(db.pragma("page_count", { simple: true })) * Number(db.pragma("page_size", { simple: true })),
    schemas: [SQLITE_SCHEMA],
    tables: listed.map((table) => describeTable(facts, table)),
    cellNs: measureCell(db),
    warnings,
  };
}

interface ListedTable {
  readonly name: string;
  readonly type: "table" | "view" | "virtual" | "shadow";
  /** 1 for WITHOUT ROWID. */
  readonly wr: number;
}

interface PageFacts {
  readonly bytes: ReadonlyMap<string, number>;
  readonly cells: ReadonlyMap<string, number>;
}

interface Facts {
  readonly db: SqliteDatabase;
  readonly pages: PageFacts | null;
  readonly analyzed: ReadonlyMap<string, number>;
}

/** What the driver gives is untyped; each query names the shape of its own rows. */
function rows<Row>(db: SqliteDatabase, sql: string, ...params: readonly string[]): readonly Row[] {
  return db.prepare(sql).all(...params) as Row[];
}

function describeTable(facts: Facts, { name, type, wr }: ListedTable): TableDescription {
  const { db } = facts;
  const base = { schema: SQLITE_SCHEMA, name, comment: null, partitions: [], members: [], lastAnalyze: null } as const;
  const sql = rows<{ sql: string | null }>(db, "SELECT sql FROM sqlite_schema WHERE name = ?", name)[0]?.sql ?? null;
  const none = { primaryKey: [], uniques: [], foreignKeys: [], indexes: [], basis: [], rowid: null } as const;
  const unknown: RowEstimate = { value: null, method: "unknown", asOf: null, isStale: true };
  try {
    const info = rows<TableInfo>(db, "SELECT * FROM pragma_table_xinfo(?)", name).filter(({ hidden }) => hidden !== 1);
    const columns = info.map(columnOf);
    if (type === "view") {
      const view = {
        ...base,
        ...none,
        relationType: "view",
        columns,
        viewSql: sql,
        rows: unknown,
        bytes: null,
      } as const;
      return { ...view, basis: viewBasisOf(db, name), isReadable: true, warnings: [] };
    }
    const primaryKey = info
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
      .map((column) => column.name);
    const indexes = indexesOf(db, name);
    const rowid = type === "table" && wr === 0 ? rowidName(columns) : null;
    return {
      ...base,
      relationType: "base_table",
      columns,
      primaryKey,
      uniques: indexes.filter(({ isUnique }) => isUnique).map((index) => index.columns),
      foreignKeys: foreignKeysOf(db, name),
      indexes,
      viewSql: null,
      basis: [],
      rows: rowEstimate(facts, name, rowid),
      bytes: facts.pages?.bytes.get(name) ?? null,
      rowid,
      isReadable: true,
      warnings: [
        ...(wr === 1 ? ["WITHOUT ROWID: sampled by reading it from end to end"] : []),
        ...(type === "virtual" ? ["virtual table: its rows are made by a module"] : []),
      ],
    };
  } catch (error) {
    const said = thrownMessage(error);
    const relationType = type === "view" ? "view" : "base_table";
    const broken = { ...base, ...none, relationType, columns: [], viewSql: sql, rows: unknown, bytes: null } as const;
    return { ...broken, isReadable: false, warnings: [`cannot be read: ${said}`] };
  }
}

interface TableInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
}

function columnOf({ name, type, notnull, dflt_value, pk, hidden }: TableInfo): ColumnDescription {
  return {
    name,
    dataType: type === "" ? "any" : type.toLowerCase(),
    isNullable: notnull === 0 && pk === 0,
    defaultValue: dflt_value,
    isGenerated: hidden >= 2,
    comment: null,
    statistics: null,
  };
}

/** A name of the rowid that no column hides. */
function rowidName(columns: readonly ColumnDescription[]): string | null {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  return ["rowid", "_rowid_", "oid"].find((name) => !taken.has(name)) ?? null;
}

function indexesOf(db: SqliteDatabase, table: string): readonly IndexDescription[] {
  const list = rows<{ name: string; unique: number; partial: number }>(db, "SELECT * FROM pragma_index_list(?)", table);
  return list.flatMap(({ name, unique, partial }) => {
    const columns = rows<{ name: string | null }>(db, "SELECT name FROM pragma_index_info(?) ORDER BY seqno", name);
    const names = columns.map((column) => column.name).filter((column) => column !== null);
    // An expression has no name, and a partial index says nothing about all rows.
    if (names.length < columns.length || partial === 1) return [];
    return [{ name, columns: names, isUnique: unique === 1 }];
  });
}

function foreignKeysOf(db: SqliteDatabase, table: string): readonly ForeignKey[] {
  const list = rows<{ id: number; table: string; from: string; to: string | null }>(
    db,
    "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq",
    table,
  );
  const ids = [...new Set(list.map(({ id }) => id))];
  return ids.map((id) => {
    const pairs = list.filter((pair) => pair.id === id);
    const named = pairs[0]?.table ?? "";
    const target = tableNamed(db, named);
    const key = rows<TableInfo>(db, "SELECT * FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", target);
    return {
      columns: pairs.map(({ from }) => from),
      toSchema: SQLITE_SCHEMA,
      toTable: target,
      // A key that names no columns refers to the primary key.
      toColumns: pairs.map(({ to }, index) => to ?? key[index]?.name ?? "rowid"),
    };
  });
}

/** SQLite compares names without case; an entry needs the name as it was declared. */
function tableNamed(db: SqliteDatabase, name: string): string {
  const found = rows<{ name: string }>(db, "SELECT name FROM sqlite_schema WHERE name = ? COLLATE NOCASE", name);
  return found[0]?.name ?? name;
}

function rowEstimate({ db, pages, analyzed }: Facts, table: string, rowid: string | null): RowEstimate {
  const cells = pages?.cells.get(table);
  const top =
    rowid === null
      ? null
      : db
          .prepare(`SELECT max(${rowid}) AS top FROM ${quoteName(table)}`)
          .safeIntegers()
          .pluck()
          .get();
  const byRowid = rowid === null ? undefined : typeof top === "bigint" ? Number(top) : 0;
  if (byRowid !== undefined && (cells === undefined || byRowid <= cells))
    return { value: byRowid, method: "max_rowid", asOf: null, isStale: false };
  if (cells !== undefined) return { value: cells, method: "page_cells", asOf: null, isStale: false };
  const known = analyzed.get(table);
  if (known !== undefined) return { value: known, method: "stat1", asOf: null, isStale: true };
  return { value: null, method: "unknown", asOf: null, isStale: true };
}

function analyzedRows(db: SqliteDatabase): ReadonlyMap<string, number> {
  const has = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get() !== undefined;
  if (!has) return new Map();
  const list = rows<{ tbl: string; stat: string }>(db, "SELECT tbl, stat FROM sqlite_stat1 WHERE stat IS NOT NULL");
  return new Map(list.map(({ tbl, stat }) => [tbl, Number.parseInt(stat, 10) || 0]));
}

/** Sizes by walking the pages' headers. Null where this build of SQLite cannot. */
function pageFacts(db: SqliteDatabase): PageFacts | null {
  try {
    const sql = `SELECT s.tbl_name AS name, sum(d.pgsize) AS bytes,
      sum(CASE WHEN s.type = 'table' AND (d.pagetype = 'leaf' OR s.rootpage IN (SELECT rootpage FROM sqlite_schema AS w
        JOIN pragma_table_list AS l ON l.name = w.name AND l.schema = 'main' WHERE l.wr = 1)) AND d.pagetype <> 'overflow'
        THEN d.ncell ELSE 0 END) AS cells
      FROM dbstat AS d JOIN sqlite_schema AS s ON s.name = d.name GROUP BY s.tbl_name`;
    const list = rows<{ name: string; bytes: number; cells: number }>(db, sql);
    return {
      bytes: new Map(list.map(({ name, bytes }) => [name, bytes])),
      cells: new Map(list.map(({ name, cells }) => [name, cells])),
    };
  } catch {
    // Without the dbstat module sizes stay unknown, which the estimate says.
    return null;
  }
}

/** The time of one value in a pass over rows that SQLite makes up. */
function measureCell(db: SqliteDatabase): number {
  const count = 40_000;
  const sql = `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ${count})
    SELECT count(x), min(x), max(x) FROM n`;
  const statement = db.prepare(sql);
  const start = performance.now();
  // The mean and not the best: a machine that is busy now will be when the tables are read.
  for (let pass = 0; pass < CALIBRATION_PASSES; pass++) statement.get();
  return ((performance.now() - start) * 1e6) / (count * CALIBRATION_PASSES);
}

const CALIBRATION_PASSES = 10;
