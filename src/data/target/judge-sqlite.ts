import type { SqliteDatabase, SqliteStatement } from "../../sqlite/database.ts";
import type { QueryRefusal } from "../port.ts";
import { judgeText } from "./judge-text.ts";
import { notAllowed, readOnlyRefusal } from "./refusal.ts";
import type { SqlToken } from "./sql-tokens.ts";

/** A text that may be prepared, and what is bound to it. */
export interface JudgedSqlite {
  readonly sql: string;
  readonly tokens: readonly SqlToken[];
  /** Values in order, or one object of them by number. */
  readonly params: readonly (SqliteParam | Readonly<Record<string, SqliteParam>>)[];
}

type SqliteParam = string | number | bigint | null;

/** What must be known before the engine sees the text: some PRAGMAs act while they are prepared. */
export function judgeSqliteText(sql: unknown): QueryRefusal | readonly SqlToken[] {
  const judged = judgeText(sql, "sqlite");
  if ("refused" in judged) return judged.refused;
  const hidden = judged.tokens.find(
    ({ kind, text }) => (kind === "word" || kind === "quoted") && isInternal(text.toLowerCase()),
  );
  return hidden === undefined ? judged.tokens : notAllowed(`the table ${hidden.text}`, INTERNAL);
}

/**
 * The engine's own view of a statement: it returns rows, writes nothing, and its program, views included, calls no function
 * that reaches outside. The program is listed, not run.
 */
export function judgeSqliteProgram(
  db: SqliteDatabase,
  statement: SqliteStatement,
  judged: JudgedSqlite,
): QueryRefusal | null {
  if (!statement.readonly || !statement.reader) return readOnlyRefusal(written(judged.tokens));
  let usesModule = false;
  for (const row of db
    .prepare(`EXPLAIN ${judged.sql}`)
    .raw()
    .iterate(...judged.params)) {
    const [, opcode, , , , p4] = Array.isArray(row) ? row : [];
    if (opcode === "VOpen") usesModule = true;
    // Of other instructions, p4 may be any text of the statement, a string that looks like a call among them.
    const name = CALLS.test(String(opcode)) ? /^([\w$]+)\(-?\d+\)$/.exec(String(p4))?.[1]?.toLowerCase() : undefined;
    if (name !== undefined && OUTSIDE.has(name))
      return notAllowed(`the function ${name}`, "it reaches outside the query");
  }
  // A string may stand for a table's name; only then does it matter what it says.
  const named =
    usesModule && judged.tokens.find(({ kind, text }) => kind === "string" && isInternal(text.toLowerCase()));
  return named === undefined || named === false ? null : notAllowed(`the table ${named.text}`, INTERNAL);
}

const INTERNAL = "it shows or changes the database's settings";
const OPEN_PRAGMAS = new Set(
  ["table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"].map(
    (name) => `pragma_${name}`,
  ),
);
/** The instructions of SQLite's programs that call a function. */
const CALLS = /^(?:Pure)?Function|^Agg/;
const OUTSIDE = new Set([
  "load_extension",
  "readfile",
  "writefile",
  "edit",
  "fsdir",
  "fts3_tokenizer",
  "optimize",
  "sqlite_log",
]);

function isInternal(name: string): boolean {
  return name.startsWith("pragma_") ? PRAGMA.test(name) && !OPEN_PRAGMAS.has(name) : name === "sqlite_dbpage";
}

/** A column may be called pragma_notes; only names of PRAGMAs name tables of settings. */
const PRAGMA =
  /^pragma_(?:analysis_limit|application_id|auto_vacuum|automatic_index|busy_timeout|cache_size|cache_spill|case_sensitive_like|cell_size_check|checkpoint_fullfsync|collation_list|compile_options|count_changes|data_store_directory|data_version|database_list|default_cache_size|defer_foreign_keys|empty_result_callbacks|encoding|foreign_key_check|foreign_keys|freelist_count|full_column_names|fullfsync|function_list|hard_heap_limit|ignore_check_constraints|incremental_vacuum|integrity_check|journal_mode|journal_size_limit|legacy_alter_table|locking_mode|max_page_count|mmap_size|module_list|optimize|page_count|page_size|pragma_list|query_only|quick_check|read_uncommitted|recursive_triggers|reverse_unordered_selects|schema_version|secure_delete|short_column_names|shrink_memory|soft_heap_limit|stats|synchronous|temp_store|temp_store_directory|threads|trusted_schema|user_version|vdbe_\w+|wal_autocheckpoint|wal_checkpoint|writable_schema)$/;

function written(tokens: readonly SqlToken[]): string {
  const words = new Set(tokens.map(({ kind, text }) => (kind === "word" ? text.toUpperCase() : "")));
  return ["INSERT", "UPDATE", "DELETE", "REPLACE"].find((word) => words.has(word)) ?? "a statement that writes";
}
